import SpectralSearch
import Storage

/// The files that stay with the researcher: the key, and the records of runs.
enum ClientTargets {
    static let all = [record, key]

    /// A run's record, asked whether it belongs to a key.
    private static let record = Target(
        name: "record",
        words: [
            "\"precursorMZ\" : ", "\"disclosedWindow\" : 50", "null", "1e308", "\\u0000", "\\\"", "\"version\" : 1",
        ],
        seeds: {
            [Fixture.shared.recordContent, Fixture.record(of: Sealing.json.seal(Fixture.shared.publishingCardContent))]
        },
        parse: { input in
            let record = try withFile(Sealing.json.seal(input)) { try RunRecord(path: $0) }
            require(!record.queries.isEmpty, "a run has a query")
            do { try record.requireKey(Fixture.shared.key, path: "key") } catch {}
        })

    /// A researcher's key. An accepted file is the one that its key would be written to.
    private static let key = Target(
        name: "key", words: ["MSFHE-K1", "A", "F", "g", " "], seeds: { [Fixture.shared.keyContent] },
        parse: { input in
            let key = try withFile(Sealing.lines.seal(input)) { try KeyFile.read(path: $0) }
            let heading = "MSFHE-K1 secret: keep it on your own machine\n"
            let written = key.withUnsafeBytes { heading + Sealing.hexadecimal($0) + "\n" }
            require(Array(written.utf8) == input, "a key is written as it was read")
        })
}
