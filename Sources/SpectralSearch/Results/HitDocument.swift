import Foundation
import Spectra

/// Hits and features as a JSON document: docs/results.md describes it, docs/hits.schema.json specifies it.
public struct HitDocument: Sendable {
    /// The document: one object, UTF-8, ending with a line feed.
    public let text: Data

    /// The document of `results`, written by the program `software`, such as `msfhe 0.1.0`.
    public init(_ results: SearchResults, software: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        text = try encoder.encode(Content(results, software: software)) + Data("\n".utf8)
    }
}

private struct Content: Encodable {
    var format = "massspecfhe-hits"
    var version = 1
    var software: String
    var library: Library
    var source: RunRecord.Source?
    var grouping: Grouping
    var queries: [Query]
    var features: [FeatureContent]

    struct Library: Encodable {
        var cardSHA256: String
        var score: String
        var spectra: Int
        var compounds: Int
    }

    struct Grouping: Encodable {
        var tolerancePPM: Double
        var maximumGap: Double
    }

    struct Query: Encodable {
        var name: String
        var nativeID: String?
        var scanNumber: Int?
        var precursorMZ: Double?
        var charge: Int?
        var ionMode: IonMode?
        var adduct: String?
        var retentionTime: Double?
        var isolationWindow: [Double]?
        var usi: String?
        var hits: [HitContent]
    }

    struct HitContent: Encodable {
        var rank: Int
        var score: Double
        var name: String
        var formula: String?
        var inchiKey: String?
        var adduct: String?
        var precursorMZ: Double?
        var precursorErrorPPM: Double?
        var accession: String?
        var usi: String?
        var qValue: Double?
        var probability: Double?
    }

    struct FeatureContent: Encodable {
        var mz: Double?
        var retentionTime: Double?
        var start: Double?
        var end: Double?
        var queries: [Int]
        var score: Double?
        var supportingSpectra: Int?
        var bestQuery: Int?
        var bestHit: HitContent?
    }

    init(_ results: SearchResults, software: String) {
        self.software = software
        let content = results.record.card.content
        library = Library(
            cardSHA256: results.record.card.digest.description, score: content.vector.score.rawValue,
            spectra: content.library.spectra,
            compounds: content.library.compounds)
        source = results.record.source
        grouping = Grouping(tolerancePPM: results.grouping.tolerancePPM, maximumGap: results.grouping.maximumGap)
        queries = results.record.queries.enumerated().map { index, query in
            Query(
                name: query.name, nativeID: query.nativeID, scanNumber: query.scanNumber,
                precursorMZ: query.precursorMZ, charge: query.charge, ionMode: query.ionMode, adduct: query.adduct,
                retentionTime: query.retentionTime,
                isolationWindow: query.isolationWindow.map { [$0.lowerBound, $0.upperBound] },
                usi: results.usi(query: index), hits: results.hits(of: index).map { HitContent($0, results) })
        }
        features = results.features.map { feature in
            FeatureContent(
                mz: feature.mz, retentionTime: feature.retentionTime, start: feature.retentionTimes?.lowerBound,
                end: feature.retentionTimes?.upperBound, queries: feature.queries,
                score: feature.identification?.score, supportingSpectra: feature.identification?.supportingCount,
                bestQuery: feature.identification?.best.query,
                bestHit: feature.identification.map { HitContent($0.best, results) })
        }
    }
}

extension Content.HitContent {
    init(_ hit: Hit, _ results: SearchResults) {
        func known(_ text: String) -> String? { text.isEmpty ? nil : text }
        let entry = results.entries[hit.row]
        self.init(
            rank: hit.rank, score: hit.score, name: entry.name, formula: known(entry.formula),
            inchiKey: known(entry.inchiKey), adduct: known(entry.adduct), precursorMZ: entry.precursorMZ,
            precursorErrorPPM: hit.precursorErrorPPM, accession: known(entry.accession), usi: results.usi(row: hit.row),
            qValue: hit.qValue, probability: hit.probability)
    }
}
