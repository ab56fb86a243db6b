/// Reads MassBank records as spectra. Intensities are those measured, not the relative ones; withdrawn
/// records are left out.
struct MassBankReader: LineParser {
    private var records = MassBankRecordParser()

    mutating func consume(_ line: Span<UInt8>) throws(Malformed) -> Spectrum? {
        guard let record = try records.consume(line), !record.isDeprecated else { return nil }
        return try Spectrum(record)
    }

    mutating func finish() throws(Malformed) -> Spectrum? {
        _ = try records.finish()
        return nil
    }
}

extension Spectrum {
    /// The spectrum that `record` describes.
    fileprivate init(_ record: MassBankRecord) throws(Malformed) {
        var metadata = SpectrumMetadata()
        let facts: [(SpectrumMetadata.Field, String?)] = [
            (.accession, record.value("ACCESSION")),
            (.name, record.value("CH$NAME") ?? record.value("RECORD_TITLE")),
            (.formula, record.value("CH$FORMULA")),
            (.smiles, record.value("CH$SMILES")),
            (.inchiKey, record.value("CH$LINK", "INCHIKEY")),
            (.ionMode, record.value("AC$MASS_SPECTROMETRY", "ION_MODE")),
            (.instrumentType, record.value("AC$INSTRUMENT_TYPE")),
            (.collisionEnergy, record.value("AC$MASS_SPECTROMETRY", "COLLISION_ENERGY")),
            (.retentionTime, record.value("AC$CHROMATOGRAPHY", "RETENTION_TIME")),
            (.precursorMZ, record.value("MS$FOCUSED_ION", "PRECURSOR_M/Z")),
            (.adduct, record.value("MS$FOCUSED_ION", "PRECURSOR_TYPE")),
        ]
        for case (let field, let value?) in facts { try metadata.note(field, value) }

        self = metadata.spectrum(peaks: record.peakList.peaks, retentionTimeUnit: nil)
    }
}
