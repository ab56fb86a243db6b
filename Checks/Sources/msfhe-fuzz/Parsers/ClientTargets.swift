import Storage

@testable import SpectralSearch

/// The files that stay with the researcher: the key, the records of runs, calibrations, and libraries' fingerprints.
enum ClientTargets {
    static let all = [record, key, calibration, fingerprint]

    /// A run's record, asked whether it belongs to a key.
    private static let record = Target(
        name: "record",
        words: [
            "\"precursorMZ\" : ", "\"disclosedWindow\" : 50", "null", "1e308", "\\u0000", "\\\"", "\"version\" : 2",
            "\"charge\" : ", "\"retentionTime\" : ", "\"ionMode\" : \"negative\"", "\"isolationWindow\" : [ 1, 2 ]",
            "\"nativeID\" : ", "\"source\" : { ", "\"format\" : \"mgf\"", "\"rawFile\" : { ", "\"checksum\" : { ",
        ],
        seeds: {
            [Fixture.shared.recordContent, Fixture.record(of: Sealing.json.seal(Fixture.shared.publishingCardContent))]
        },
        parse: { input in
            let record = try withFile(Sealing.json.seal(input)) { try RunRecord(path: $0) }
            require(!record.queries.isEmpty, "a run has a query")
            do { try record.requireKey(Fixture.shared.key, path: "key") } catch {}
            let entries = Fixture.shared.readyEntries
            let hits = record.queries.indices.map { query in
                Hit(query: query, rank: 1, score: 1, row: query % entries.count, precursorErrorPPM: nil)
            }
            ResultTables.require(hits, of: record, entries: entries)
        })

    /// A calibration for the fixture's card. An accepted one gives probabilities, whatever the scores.
    private static let calibration = Target(
        name: "calibration", words: ["1e308", "-1e6", "null", "\"weights\" : ", "\"intercept\" : ", "[ ]"],
        seeds: { [Fixture.shared.calibrationContent] },
        parse: { input in
            let calibration = try withFile(Sealing.json.seal(input)) {
                try Calibration(path: $0, card: Fixture.shared.card)
            }
            for (best, second) in [(2.0, 1.999), (-1.0, -1.0), (0.5, -1.0), (2.0, nil)] as [(Double, Double?)] {
                let probability = calibration.probability(HitEvidence(best: best, second: second, decoy: nil))
                require((0...1).contains(probability), "a probability is from 0 to 1")
            }
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

    /// A library's fingerprint. An accepted block is written as it was read.
    private static let fingerprint = Target(
        name: "fingerprint",
        seeds: {
            let layout = FingerprintLayout(rowCount: Fixture.rowCount, dimension: Fixture.dimension)
            let header = layout.header(
                card: Fixture.shared.verifiedCard, seed: [UInt8](repeating: 4, count: FingerprintLayout.seedByteCount))
            let product: [UInt8] = [0x80, 0xFF, 0xFF]
            return [
                header + [UInt8](repeating: 0, count: layout.blockByteCount),
                header + (0..<FingerprintLayout.vectorCount).flatMap { _ in [2, 0, 0, 0] as [UInt8] }
                    + (0..<FingerprintLayout.vectorCount * Fixture.dimension).flatMap { _ in product },
            ]
        },
        parse: { input in
            let card = Fixture.shared.verifiedCard
            let file = try withFile(Sealing.binary.seal(input)) { try FingerprintFile(path: $0, card: card) }
            let content = try file.block(0).content
            require(
                content.encoded == Array(input.dropFirst(FingerprintLayout.headerCount)),
                "a block is written as it was read")
        })
}
