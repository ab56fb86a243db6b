/// Writes the Mascot generic format.
public enum MGFWriter {
    /// The block of one spectrum, with a blank line at its end. What ``SpectrumFile`` reads back is the same
    /// spectrum; line ends in names become blanks.
    public static func block(_ spectrum: Spectrum) -> String {
        var text = "BEGIN IONS\n"
        func add(_ key: String, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            text += "\(key)=\(String(value.map { $0.isNewline ? " " : $0 }))\n"
        }
        add("TITLE", spectrum.name)
        add("SPECTRUMID", spectrum.accession)
        add("SCANS", spectrum.scanNumber.map { "\($0)" })
        add("PEPMASS", spectrum.precursorMZ.map { "\($0)" })
        add("CHARGE", spectrum.precursorCharge.map { "\(abs($0))\($0 < 0 ? "-" : "+")" })
        add("ADDUCT", spectrum.adduct)
        add("IONMODE", spectrum.ionMode?.rawValue)
        add("FORMULA", spectrum.formula)
        add("INCHIKEY", spectrum.inchiKey)
        add("SMILES", spectrum.smiles)
        add("RTINSECONDS", spectrum.retentionTime.map { "\($0)" })
        for peak in spectrum.peaks { text += "\(peak.mz) \(peak.intensity)\n" }
        return text + "END IONS\n\n"
    }
}
