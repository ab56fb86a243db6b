import Foundation

/// The files `ACCESSION.txt` of a checked-out release, wherever they lie below a folder.
enum RecordFolder {
    /// Where the records `accessions` are.
    ///
    /// File names alone are looked at; hidden files and symbolic links are passed over. Linear in the number of
    /// files.
    static func paths(of accessions: Set<String>, below source: String) throws(DatasetError) -> [String:
        String]
    {
        var paths: [String: String] = [:]
        var folders = [source]
        while let folder = folders.popLast() {
            for name in try names(in: folder) where !name.hasPrefix(".") {
                let path = folder + "/" + name
                if name.hasSuffix(".txt") {
                    let accession = String(name.dropLast(4))
                    guard accessions.contains(accession) else { continue }
                    if let other = paths.updateValue(path, forKey: accession) {
                        throw .repeatedRecord(accession: accession, paths: [other, path].sorted())
                    }
                } else if isFolder(path) {
                    folders.append(path)
                }
            }
        }
        return paths
    }

    private static func names(in folder: String) throws(DatasetError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw .unreadableSource(
                path: folder, reason: "cannot read the folder: \(error.localizedDescription)")
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.type] as? FileAttributeType == .typeDirectory
    }
}
