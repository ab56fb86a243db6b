import Foundation
import Spectra

/// A MassBank record as an entry of the benchmark: text MSP, and a row of the table of records.
package struct MassBankEntry {
    let record: MassBankRecord
    let role: RecordRole
    let laboratory: String

    package init(record: MassBankRecord, role: RecordRole, laboratory: String) {
        self.record = record
        self.role = role
        self.laboratory = laboratory
    }

    /// Why a record makes no entry.
    package struct Unusable: Error {
        package var reason: String

        init(_ reason: String) {
            self.reason = reason
        }
    }

    /// The polarity, which decides between the files of the full benchmark.
    func ionMode() throws(Unusable) -> IonMode {
        let text = record.value("AC$MASS_SPECTROMETRY", "ION_MODE")
        guard let mode = text.flatMap({ IonMode(rawValue: $0.lowercased()) }) else {
            throw Unusable("ION_MODE is '\(text ?? "")'; it must be POSITIVE or NEGATIVE")
        }
        return mode
    }

    /// The entry with its blank line: `KEY: value` lines, the number of peaks, and the peaks.
    ///
    /// Values are those of the record, letter by letter; of a field that occurs more than once, the first one
    /// counts. A key without a value is left out, and so is one whose value is `N/A` and nothing else.
    package func msp() throws(Unusable) -> String {
        var text = ""
        for (key, value) in try fields() {
            guard let value, !value.isEmpty, value != "N/A" else { continue }
            text += "\(key): \(value)\n"
        }
        let peaks = try peaks()
        text += "NUM PEAKS: \(peaks.count)\n"
        for peak in peaks {
            text += "\(peak.mz) \(peak.intensity)\n"
        }
        return text + "\n"
    }

    private func fields() throws(Unusable) -> [(key: String, value: String?)] {
        func condition(_ subtag: String) -> String? { record.value("AC$MASS_SPECTROMETRY", subtag) }
        func ion(_ subtag: String) -> String? { record.value("MS$FOCUSED_ION", subtag) }
        func link(_ subtag: String) -> String? { record.value("CH$LINK", subtag) }
        return [
            ("NAME", record.value("CH$NAME")),
            ("ACCESSION", role.accession),
            ("PRECURSORMZ", ion("PRECURSOR_M/Z")),
            ("PRECURSORTYPE", ion("PRECURSOR_TYPE")),
            ("IONMODE", try ionMode().rawValue.capitalized),
            ("FORMULA", record.value("CH$FORMULA")),
            ("EXACTMASS", record.value("CH$EXACT_MASS")),
            ("INCHIKEY", link("INCHIKEY")),
            ("SMILES", record.value("CH$SMILES")),
            ("INSTRUMENT", record.value("AC$INSTRUMENT")),
            ("INSTRUMENTTYPE", record.value("AC$INSTRUMENT_TYPE")),
            ("COLLISIONENERGY", condition("COLLISION_ENERGY")),
            ("FRAGMENTATION", condition("FRAGMENTATION_MODE")),
            ("RESOLUTION", condition("RESOLUTION")),
            ("CONTRIBUTOR", role.contributor),
            ("LAB", laboratory),
            ("LICENSE", record.value("LICENSE")),
            ("COMPOUNDCLASS", record.value("CH$COMPOUND_CLASS")),
            ("CHEMONT", link("ChemOnt")),
            ("TIER", role.tier),
        ]
    }

    /// The heading of the table of records.
    static let tableHeading = "accession\tcontributor\tlab\tlicence\tdate\tauthors\tcopyright\tpublication\n"

    /// The record's row in that table: to whom credit is due, and on which terms.
    func tableRow() -> String {
        let columns = [
            role.accession, role.contributor, laboratory, record.value("LICENSE"), record.value("DATE"),
            record.value("AUTHORS"), record.value("COPYRIGHT"), record.value("PUBLICATION"),
        ]
        return columns.map { $0 ?? "" }.joined(separator: "\t") + "\n"
    }
}

extension MassBankEntry {
    /// Peaks in ascending order of m/z, scaled to a base peak of 1000; those below 0.001 of that are dropped.
    private func peaks() throws(Unusable) -> [(mz: String, intensity: String)] {
        var peaks: [(mz: Double, text: String, intensity: Double)] = []
        for peak in record.peaks {
            // Their ranges were checked when the record was read.
            guard let mz = Double(peak.mz), let intensity = Double(peak.intensity) else {
                throw Unusable("peak '\(peak.mz) \(peak.intensity)' is not two numbers")
            }
            peaks.append((mz, peak.mz, intensity))
        }
        guard let base = peaks.map(\.intensity).max(), base > 0 else {
            throw Unusable(record.isDeprecated ? "the record was withdrawn" : "it has no peaks")
        }
        return peaks.sorted { $0.mz < $1.mz }.compactMap { peak in
            // Division comes first: the order decides how ties of the fourth digit fall.
            let intensity = peak.intensity / base * 1000
            guard intensity >= 0.001 else { return nil }
            return (Self.text(ofMZ: peak.mz, written: peak.text), String(format: "%.4g", intensity))
        }
    }

    /// An m/z as the record writes it, zeros at its end included, but with six decimals at most.
    private static func text(ofMZ mz: Double, written text: String) -> String {
        let decimals = text.split(separator: ".", omittingEmptySubsequences: false).dropFirst().first
        return (decimals?.count ?? 0) > 6 ? String(format: "%.6f", mz) : text
    }
}
