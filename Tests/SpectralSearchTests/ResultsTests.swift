import Crypto
import Foundation
import Spectra
import Storage
import TestSupport
import Testing

@testable import SpectralSearch

/// A simulated run, encrypted, with hits that were made up: `top` for every query, some of them of equal score.
private struct ResultsFixture {
    let folder: TemporaryFolder
    let run: [SimulatedQuery]
    let library: SpectralLibrary
    let record: RunRecord
    var hits: [Hit] = []

    init(compounds: Int = 40, top: Int = 3, name: String = "my run.mzML.gz") throws {
        let files = try SearchFiles(librarySize: 60, queryCount: 2)
        (folder, library) = (files.folder, files.library)
        run = SimulatedPeptides.run(compoundCount: compounds, seed: 3)
        var source = SpectrumSource(name: name, format: .mzML)
        source.instrument = VocabularyTerm("MS:1001911", "Q Exactive")
        source.rawFile = SpectrumSource.RawFile(name: "x|y.raw")
        let card = library.card
        var intake = QueryIntake(card: card, threads: 2)
        for query in run { intake.add(query.spectrum) }
        intake.completeBlock()
        let key = try KeyFile.read(path: files.folder("key"))
        let encryption = try StreamedEncryption(path: folder("mzml.msq"), key: key, card: card, threads: 2)
        try encryption.add(intake.takeVectors(encryption.batchSize))
        _ = try encryption.finish(
            queries: intake.queries, source: RunRecord.Source(source, path: folder("key"), intake: intake))
        record = try RunRecord(path: folder("mzml.local"))
        var random = SplitMix64(seed: 9)
        for query in record.queries.indices {
            var score = 2.0
            for rank in 1...top {
                score = (score * 1000 - Double(random.index(below: 2) * 50)).rounded() / 1000
                let row = (query * 7 + rank) % library.entries.count
                hits.append(Hit(query: query, rank: rank, score: score, row: row, precursorErrorPPM: 1))
            }
        }
    }

    func results(collection: String? = nil, grouping: FeatureGrouping = FeatureGrouping()) throws -> SearchResults {
        SearchResults(
            record: record, entries: library.entries, hits: hits, grouping: grouping,
            collection: try collection.map { text throws(InputError) in try RunCollection(text) })
    }
}

struct FeatureTests {
    /// Features are the connected components of what is linked, found here by comparing all pairs.
    @Test(arguments: 0..<30)
    func featuresAreConnectedComponents(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        var grouping = FeatureGrouping()
        (grouping.tolerancePPM, grouping.maximumGap) = (20, 5)
        let queries = (0..<200).map { _ -> RunRecord.Query in
            var query = RunRecord.Query(name: "")
            // Coarse steps, so that ties and exact tolerances occur.
            query.precursorMZ = random.index(below: 20) == 0 ? nil : 400 + Double(random.index(below: 40)) * 0.004
            query.retentionTime = random.index(below: 20) == 0 ? nil : Double(random.index(below: 40))
            query.charge = [nil, 1, 2][random.index(below: 3)]
            query.ionMode = [nil, .positive][random.index(below: 2)]
            return query
        }
        func linked(_ a: RunRecord.Query, _ b: RunRecord.Query) -> Bool {
            guard let m = a.precursorMZ, let n = b.precursorMZ, let t = a.retentionTime, let u = b.retentionTime,
                a.charge == b.charge, a.ionMode == b.ionMode
            else { return false }
            return max(m, n) <= min(m, n) * (1 + 20e-6) && abs(t - u) <= 5
        }
        var labels = Array(queries.indices)
        for a in queries.indices {
            for b in queries.indices where linked(queries[a], queries[b]) {
                let (old, new) = (labels[b], labels[a])
                for index in labels.indices where labels[index] == old { labels[index] = new }
            }
        }
        let expected = Set(Dictionary(grouping: queries.indices) { labels[$0] }.values.map { $0.sorted() })
        #expect(Set(grouping.groups(queries)) == expected)
        #expect(expected.count > 20 && expected.contains { $0.count > 2 })
    }

    /// Fragmentations of one simulated compound, and of no other, are one feature; features come in order of time.
    @Test func spectraOfACompoundAreOneFeature() throws {
        let fixture = try ResultsFixture()
        let results = try fixture.results()
        for feature in results.features {
            let truths = Set(feature.queries.map { fixture.run[$0].truth })
            #expect(truths.count == 1)
            let times = feature.queries.map { fixture.run[$0].spectrum.retentionTime! }
            #expect(feature.retentionTimes == times.min()!...times.max()!)
        }
        #expect(results.features.count == 40)
        #expect(results.features.map { $0.retentionTime! } == results.features.map { $0.retentionTime! }.sorted())
    }

    /// The score of a compound is the sum over the spectra that list it, over all spectra.
    @Test func theBestCompoundCombinesItsSpectra() throws {
        let fixture = try ResultsFixture()
        let entries = fixture.library.entries
        // Rows of three different compounds.
        let rows = [0, 20, 40]
        #expect(Set(rows.map { entries[$0].compound }).count == 3)
        let hits = [
            Hit(query: 0, rank: 1, score: 1.5, row: rows[0]), Hit(query: 0, rank: 2, score: 1.25, row: rows[1]),
            Hit(query: 1, rank: 1, score: 1.25, row: rows[1]), Hit(query: 1, rank: 2, score: 0.5, row: rows[0]),
            Hit(query: 2, rank: 1, score: 1.75, row: rows[2]),
        ]
        let feature = Feature(members: [0, 1, 2], queries: fixture.record.queries, hits: hits, entries: entries)
        let best = try #require(feature.identification)
        #expect(best.best == hits[1] || best.best == hits[2])
        #expect(best.score == 2.5 / 3 && best.supportingCount == 1)
        let none = Feature(members: [0], queries: fixture.record.queries, hits: [], entries: entries)
        #expect(none.identification == nil)
    }
}

struct IdentifierTests {
    /// The examples of the specification and of the resolver of metabolomics spectra, and what cannot be written.
    @Test func identifiersAreThoseOfTheSpecification() throws {
        func usi(_ file: String, _ native: String, scan: Int? = nil, format: SpectrumFormat = .mzML) throws -> String? {
            var query = RunRecord.Query(name: "x")
            (query.nativeID, query.scanNumber) = (native, scan)
            return UniversalSpectrumIdentifier.query(
                query, source: SpectrumSource(name: file, format: format), collection: try RunCollection("PXD000561"))
        }
        let run = "Adult_Frontalcortex_bRP_Elite_85_f09"
        let native = "controllerType=0 controllerNumber=1 scan=17555"
        for ending in [".mzML", ".mzml", ".mzML.gz", ""] {
            #expect(try usi(run + ending, native, scan: 17555) == "mzspec:PXD000561:\(run):scan:17555")
        }
        #expect(
            try usi("a.mzML", "sample=1 period=1 cycle=2740 experiment=10") == "mzspec:PXD000561:a:nativeId:1,1,2740,10"
        )
        #expect(try usi("a.mzML", "index=4") == "mzspec:PXD000561:a:index:4")
        #expect(try usi("a.mzML", "S17") == nil)
        #expect(try usi("a:b.mzML", native, scan: 1) == nil)
        #expect(try usi("a.mgf", native, scan: 1, format: .mgf) == nil)
        for (accession, expected) in [
            ("MSBNK-AAFC-AC000001", "mzspec:MASSBANK::accession:MSBNK-AAFC-AC000001"),
            ("CCMSLIB00005436077", "mzspec:GNPS:GNPS-LIBRARY:accession:CCMSLIB00005436077"),
            ("SIM-P00698-0012-2", nil), ("", nil), ("MSBNK-a b", nil),
        ] { #expect(UniversalSpectrumIdentifier.reference(accession) == expected) }
    }

    @Test(arguments: [
        "", "PXD00056", "PXD0005611", "pxd000561", "MSV00007854", "MTBLS", "MTBLSx", "PXD000561:", "MSV\u{661}",
    ])
    func whatIsNoCollectionIsRefused(text: String) {
        #expect(throws: InputError.self) { try RunCollection(text) }
    }

    @Test(arguments: ["PXD000561", "RPXD000561", "MSV000078547", "MTBLS1"])
    func collectionsAreKnown(text: String) throws { #expect(try RunCollection(text).accession == text) }
}

struct ResultFileTests {
    private func hexadecimal(_ content: Data) -> String {
        SHA256.hash(data: content).map { String(format: "%02x", $0) }.joined()
    }

    private func table(_ text: String) -> [[Substring]] {
        text.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
    }

    /// A record is read as it was written, with all that hits need.
    @Test func recordsKeepTheirQueries() throws {
        let fixture = try ResultsFixture()
        for (query, made) in zip(fixture.record.queries, fixture.run) {
            let spectrum = made.spectrum
            #expect(query.name == spectrum.name && query.nativeID == spectrum.accession)
            #expect(query.scanNumber == spectrum.scanNumber && query.charge == spectrum.precursorCharge)
            #expect(query.retentionTime == spectrum.retentionTime && query.precursorMZ == spectrum.precursorMZ)
            #expect(query.ionMode == spectrum.ionMode && query.isolationWindow == spectrum.isolationWindow)
        }
        #expect(fixture.record.queries.map(\.position) == Array(fixture.run.indices))
        let source = try #require(fixture.record.source)
        #expect(source.file.name == "my run.mzML.gz" && source.dissociation.map(\.accession) == ["MS:1000422"])
        #expect(source.sha256?.count == 64)
    }

    /// A record of another version, or with numbers that no reader gives, is refused in a line that says so.
    @Test func strangeRecordsAreRefused() throws {
        let fixture = try ResultsFixture(compounds: 2)
        let text = String(
            decoding: try Data(contentsOf: URL(fileURLWithPath: fixture.folder("mzml.local"))), as: UTF8.self)
        for (old, new, complaint) in [
            (/"version" : 2/, "\"version\" : 1", "version 1"), (/"charge" : [23]/, "\"charge\" : 0", "record"),
            (/"charge" : [23]/, "\"charge\" : -9223372036854775808", "record"),
            (/"scanNumber" : [0-9]+/, "\"scanNumber\" : -1", "record"),
            (/"retentionTime" :/, "\"retentionTime\" : -1, \"x\" :", "record"),
            (/"precursorMZ" :/, "\"precursorMZ\" : -1, \"x\" :", "record"),
            (/"ionMode" : "positive"/, "\"ionMode\" : \"sideways\"", "does not fit"),
            (/"format" : "mzML"/, "\"format\" : \"wiff\"", "does not fit"),
        ] as [(Regex<Substring>, String, String)] {
            let changed = text.replacing(old, with: new)
            #expect(changed != text)
            let content = Data(changed.utf8).dropLast(",\n  \"sha256\" : \"\"\n}\n".utf8.count + 64)
            let sealed = content + Data(",\n  \"sha256\" : \"\(hexadecimal(content))\"\n}\n".utf8)
            try sealed.write(to: URL(fileURLWithPath: fixture.folder("changed.local")))
            let error = try #require(throws: InputError.self) { try RunRecord(path: fixture.folder("changed.local")) }
            #expect(error.description.contains(complaint), "\(new): \(error)")
        }
        #expect(throws: InputError.self) { try RunRecord(path: fixture.folder("mzml.msq")) }
    }

    /// A streamed run is found like one that was encrypted at once, whatever the number of batches.
    @Test(arguments: [1, 1024, 1100])
    func streamedRunsAreFound(count: Int) throws {
        let files = try SearchFiles(librarySize: 50, queryCount: 1)
        let card = files.library.card
        let key = try KeyFile.read(path: files.folder("key"))
        let encryption = try StreamedEncryption(path: files.folder("s.msq"), key: key, card: card, threads: 2)
        #expect(throws: InputError.self) {
            try StreamedEncryption(path: files.folder("run.msq"), key: key, card: card, threads: 2)
        }
        var intake = QueryIntake(card: card, threads: 2)
        for number in 0..<count {
            intake.add(SimulatedPeptides.library[number % 50])
            if intake.vectors.count > encryption.batchSize {
                try encryption.add(intake.takeVectors(encryption.batchSize))
            }
        }
        intake.completeBlock()
        while !intake.vectors.isEmpty { try encryption.add(intake.takeVectors(encryption.batchSize)) }
        #expect(!files.folder.names.contains("s.msq"))
        let byteCount = try encryption.finish(queries: intake.queries, source: nil)
        #expect(try Data(contentsOf: URL(fileURLWithPath: files.folder("s.msq"))).count == byteCount)
        try SearchJob(library: files.folder("library"), queries: files.folder("s.msq"))
            .run(output: files.folder("s.mss"), threads: 2) { _ in }
        let record = try RunRecord(path: files.folder("s.local"))
        #expect(record.queries.count == count)
        let hits = try Identification(
            answer: AnswerFile(path: files.folder("s.mss"), run: record), record: record, key: key,
            entries: files.library.entries, top: 1, threads: 2
        ).hits
        for hit in hits {
            #expect(files.library.entries[hit.row].compound == SimulatedPeptides.library[hit.query % 50].compound)
        }
    }

    /// An abandoned run leaves nothing behind.
    @Test func abandonedRunsLeaveNothing() throws {
        let files = try SearchFiles(librarySize: 20, queryCount: 1)
        let before = files.folder.names
        let key = try KeyFile.read(path: files.folder("key"))
        do {
            let encryption = try StreamedEncryption(
                path: files.folder("s.msq"), key: key, card: files.library.card, threads: 1)
            try encryption.add([[Float](repeating: 0, count: files.library.card.content.vector.dimension)])
        }
        let empty = try StreamedEncryption(path: files.folder("s.msq"), key: key, card: files.library.card, threads: 1)
        #expect(throws: InputError.self) { try empty.finish(queries: [], source: nil) }
        withExtendedLifetime(empty) {}
        #expect(Set(files.folder.names.filter { !$0.hasSuffix(".part") }) == Set(before))
    }

    /// All tables of the same results say the same.
    @Test func tablesAgree() throws {
        let fixture = try ResultsFixture()
        let results = try fixture.results(collection: "MSV000078547")
        let rows = table(HitTable(results).text)
        #expect(rows[0].map(String.init) == HitTable.columns && rows.count == fixture.hits.count + 1)
        let json = try JSONSerialization.jsonObject(with: HitDocument(results, software: "test").text)
        let queries = try #require((json as? [String: Any])?["queries"] as? [[String: Any]])
        let listed = queries.flatMap { query in (query["hits"] as? [[String: Any]] ?? []).map { (query, $0) } }
        #expect(listed.count == fixture.hits.count)
        for (row, (query, hit)) in zip(rows.dropFirst(), listed) {
            #expect(String(row[0]) == query["name"] as? String && Int(row[1]) == hit["rank"] as? Int)
            #expect(String(row[11]) == query["nativeID"] as? String && Int(row[10]) == query["scanNumber"] as? Int)
            #expect(row[13].isEmpty && query["usi"] == nil, "a run's name with a blank is not part of an identifier")
        }
        let features = table(FeatureTable(results).text)
        #expect(features[0].map(String.init) == FeatureTable.columns && features.count == results.features.count + 1)
        #expect(features.allSatisfy { $0.count == FeatureTable.columns.count })
    }

    /// mzTab-M to the letter: order of the sections, one heading each, no empty cells, references that lead somewhere.
    @Test func mzTabHoldsTogether() throws {
        let fixture = try ResultsFixture(name: "run.mzML")
        var results = try fixture.results(collection: "MTBLS1")
        var hits = fixture.hits
        for index in hits.indices { (hits[index].qValue, hits[index].probability) = (0.01, 0.5) }
        results = SearchResults(
            record: fixture.record, entries: fixture.library.entries, hits: hits, collection: results.collection)
        let text = MzTabM(results, version: "1").text
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        let kinds = lines.map { $0.isEmpty ? "" : String($0.prefix(3)) }
        let sections = kinds.reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
        #expect(sections == ["MTD", "", "SMH", "SML", "", "SFH", "SMF", "", "SEH", "SME"])
        func rows(_ kind: String) -> [[String: String]] {
            let cells = lines.filter { $0.hasPrefix(kind + "\t") }.map {
                $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            }
            let heading = lines.first { $0.hasPrefix(["SML": "SMH", "SMF": "SFH", "SME": "SEH"][kind]!) }!
                .split(separator: "\t").map(String.init)
            #expect(cells.allSatisfy { $0.count == heading.count && $0.allSatisfy { !$0.isEmpty } })
            return cells.map { Dictionary(uniqueKeysWithValues: zip(heading, $0)) }
        }
        let (molecules, features, evidence) = (rows("SML"), rows("SMF"), rows("SME"))
        #expect(features.count == results.features.count && evidence.count == hits.count)
        func list(_ row: [String: String], _ column: String) -> [String] {
            row[column]!.split(separator: "|").map(String.init)
        }
        let byEvidence = Dictionary(uniqueKeysWithValues: evidence.map { ($0["SME_ID"]!, $0) })
        var referred: [String] = []
        for feature in features {
            let references = list(feature, "SME_ID_REFS")
            referred += references
            let spectra = Set(references.map { byEvidence[$0]!["evidence_input_id"]! })
            let names = Set(references.map { byEvidence[$0]!["chemical_name"]! })
            let code = references.count == 1 ? "null" : names.count == 1 ? "2" : spectra.count == 1 ? "1" : "3"
            #expect(feature["SME_ID_REF_ambiguity_code"] == code)
        }
        #expect(Set(referred) == Set(byEvidence.keys) && referred.count == byEvidence.count)
        #expect(molecules.flatMap { list($0, "SMF_ID_REFS") }.sorted() == features.map { $0["SMF_ID"]! }.sorted())
        for row in evidence {
            #expect(row["spectra_ref"]!.hasPrefix("ms_run[1]:scan=") && Int(row["charge"]!)! > 0)
            let better = evidence.count {
                $0["evidence_input_id"] == row["evidence_input_id"]
                    && Double($0["id_confidence_measure[1]"]!)! > Double(row["id_confidence_measure[1]"]!)!
            }
            #expect(Int(row["rank"]!) == better + 1)
            #expect(Double(row["id_confidence_measure[2]"]!) == 0.5 && Double(row["id_confidence_measure[3]"]!) == 0.01)
        }
        // The mandatory fields, in the order of the specification.
        let fields = lines.filter { $0.hasPrefix("MTD") }.map { String($0.split(separator: "\t")[1]) }
        let mandatory = [
            "mzTab-version", "mzTab-ID", "software[1]", "quantification_method", "ms_run[1]-location",
            "ms_run[1]-scan_polarity[1]", "assay[1]", "assay[1]-ms_run_ref", "study_variable[1]",
            "study_variable[1]-assay_refs", "study_variable[1]-description", "cv[1]-label", "cv[1]-full_name",
            "cv[1]-version", "cv[1]-uri", "database[1]", "database[1]-prefix", "database[1]-version", "database[1]-uri",
            "small_molecule-quantification_unit", "small_molecule_feature-quantification_unit",
            "id_confidence_measure[1]",
        ]
        #expect(fields.filter(mandatory.contains) == mandatory)
        #expect(Set(fields).count == fields.count)
    }

    /// Results without precursors, charges, times, source and names are still tables of whole lines.
    @Test func unknownsAreWritten() throws {
        let fixture = try ResultsFixture(compounds: 1)
        let queries = [RunRecord.Query(name: "a|b\tc\nd"), RunRecord.Query(name: "")]
        let record = RunRecord(
            card: fixture.record.card, queries: queries, source: nil, uploadDigest: fixture.record.uploadDigest,
            seed: nil, nonce: fixture.record.nonce, keyCheck: Data())
        var entries = fixture.library.entries
        (entries[0].name, entries[0].adduct, entries[0].accession) = ("x|y", "[M]+*", "")
        (entries[0].precursorMZ, entries[0].formula) = (nil, "C6H6+")
        let results = SearchResults(
            record: record, entries: entries, hits: [Hit(query: 0, rank: 1, score: 0.5, row: 0)])
        #expect(results.features.count == 2 && results.features.allSatisfy { $0.queries.count == 1 })
        let text = MzTabM(results, version: "1").text
        let evidence = try #require(text.split(separator: "\n").last).split(
            separator: "\t", omittingEmptySubsequences: false)
        #expect(
            Array(evidence[...14]) == [
                "SME", "1", "ms_run[1]", "library:null", "null", "null", "null", "x/y", "null", "null", "null", "NaN",
                "1",
                "NaN", "ms_run[1]",
            ])
        #expect(text.contains("MTD\tms_run[1]-location\tnull\n"))
        #expect(table(HitTable(results).text)[1][0] == "a|b c d")
        #expect(table(FeatureTable(results).text).count == 3)
    }
}
