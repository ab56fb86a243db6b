import CZlib
import Foundation
import Spectra
import TestSupport
import Testing

/// A file that exists while `body` runs, and is named so that its name does not give its format away.
func withFile<Result>(
    _ bytes: some Sequence<UInt8>, name: String = "file", gzip: Bool = false,
    _ body: (String) throws -> Result
) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "msfhe-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: name).path
    if gzip {
        try writeGzip(Array(bytes), to: path)
    } else {
        try Data(bytes).write(to: URL(filePath: path))
    }
    return try body(path)
}

/// The spectra of a file of `text`.
func spectra(_ text: String, name: String = "file") throws -> [Spectrum] {
    try withFile(text.utf8, name: name) { try SpectrumFile.spectra(path: $0) }
}

/// What the readers say of a file of `bytes`, which they must refuse.
func refusal(_ bytes: some Sequence<UInt8>, name: String = "file", gzip: Bool = false) throws -> String {
    try withFile(bytes, name: name, gzip: gzip) { path in
        let error = try #require(throws: SpectrumFileError.self) {
            let spectra = try SpectrumFile.spectra(path: path)
            Issue.record("\(spectra.count) spectra were read")
        }
        #expect(error.path == path)
        return [error.location?.description, error.message].compactMap(\.self).joined(separator: ": ")
    }
}

func refusal(_ text: String, name: String = "file") throws -> String {
    try refusal(text.utf8, name: name)
}

/// Gzip-compresses `bytes` into the file at `path`.
func writeGzip(_ bytes: [UInt8], to path: String) throws {
    let file = try #require(gzopen(path, "wb1"))
    let written = bytes.isEmpty ? 0 : gzwrite(file, bytes, UInt32(bytes.count))
    #expect(gzclose(file) == Z_OK && Int(written) == bytes.count)
}

/// `bytes` as a zlib stream.
func zlibCompressed(_ bytes: [UInt8]) -> [UInt8] {
    var length = compressBound(UInt(bytes.count))
    var output = [UInt8](repeating: 0, count: Int(length))
    let status = compress2(&output, &length, bytes, UInt(bytes.count), 9)
    #expect(status == Z_OK)
    return Array(output.prefix(Int(length)))
}
