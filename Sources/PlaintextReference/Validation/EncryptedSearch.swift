import CKKS
import Foundation
import RLWE
import Ring
import SpectralSearch
import Storage

/// The encrypted side of a validation: one library, one key, one set of queries, in one mode. Called in the order of
/// its requirements.
protocol EncryptedSearch: AnyObject {
    var card: LibraryCard { get }

    /// Makes the researcher's keys.
    func generateKeys(_ seconds: inout AccuracyReport.Seconds) throws
    /// Encrypts the queries.
    func encrypt(_ queries: QueryVectors) throws
    /// Mean over the library rows of the variance that the noise formula gives for a score.
    func predictedVariance() throws -> Double
    /// Does what of the search concerns all rows.
    func prepare(_ seconds: inout AccuracyReport.Seconds) throws
    /// Searches and decrypts a block of library rows: one row a library spectrum, one column a query; minus infinity where
    /// a query was not searched for.
    func scores(of rows: Range<Int>, into scores: inout [Float], _ seconds: inout AccuracyReport.Seconds) throws
    /// The same scores from the integers that were encrypted.
    ///
    /// - Returns: false where no integers stand for the vectors.
    func multiplyQuantised(_ rows: Range<Int>, into scores: inout [Float]) throws -> Bool

    var bytes: AccuracyReport.Bytes { get }
    var parameters: AccuracyReport.Parameters { get }
}

/// Batch search, block by block.
final class BatchRun: EncryptedSearch {
    var card: LibraryCard { library.card }
    private let library: SpectralLibrary
    private let threads: Int
    private var key = SecretKey.generate()
    private var queryCount = 0
    private var upload: Upload?
    private var decryption: ScoreDecryption?
    private var search: BatchSearch?
    private var queryIntegers: [Float] = []
    private var answer = AlignedBuffer<UInt8>(count: 0)

    init(library: SpectralLibrary, threads: Int) {
        self.library = library
        self.threads = threads
    }

    func generateKeys(_ seconds: inout AccuracyReport.Seconds) {
        timed(&seconds.keygen) { key = SecretKey.generate() }
    }

    func encrypt(_ queries: QueryVectors) throws {
        let encrypted = try EncryptedQueries(queries, key: key, card: card, threads: threads)
        upload = encrypted.upload
        decryption = ScoreDecryption(record: encrypted.record, key: key)
        queryCount = queries.vectors.count
        queryIntegers = queries.vectors.flatMap { card.content.scaling.quantisedQuery($0).map(Float.init) }
    }

    func predictedVariance() throws -> Double {
        let dimension = card.content.vector.dimension
        let sum = try library.index.withRows(0..<library.index.rowCount) { rows in
            library.entries.indices.reduce(0.0) { sum, row in
                let entries = rows[row * dimension..<(row + 1) * dimension]
                let norm = Double(entries.reduce(0) { $0 + Int($1) * Int($1) }).squareRoot()
                let deviation =
                    card.parameters.phaseStandardDeviation(rowNorm: norm, precision: card.content.precision)
                    / (Double(card.content.scaling.queryScale) * library.entries[row].scale)
                return sum + deviation * deviation
            }
        }
        return sum / Double(library.entries.count)
    }

    func prepare(_ seconds: inout AccuracyReport.Seconds) throws {
        guard let upload else { preconditionFailure("the queries are encrypted first") }
        let search = try timed(&seconds.search) { try BatchSearch(card: card, upload: upload, threads: threads) }
        answer = AlignedBuffer(count: BlockPass.blockRows * search.recordByteCount)
        self.search = search
    }

    func scores(of range: Range<Int>, into scores: inout [Float], _ seconds: inout AccuracyReport.Seconds) throws {
        guard let search, let decryption else { preconditionFailure("the search is prepared first") }
        try library.index.withRows(range) { rows in
            answer.withUnsafeMutableBufferPointer { answer in
                let bytes = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(answer)[0..<range.count * search.recordByteCount])
                timed(&seconds.search) { search.answer(rows: rows, into: bytes, threads: threads) }
                timed(&seconds.decrypt) {
                    scores.withUnsafeMutableBufferPointer { scores in
                        decryption.decrypt(
                            records: bytes.baseAddress!, rowScales: ArraySlice(library.entries[range].map(\.scale)),
                            into: scores.baseAddress!, threads: threads)
                    }
                }
            }
        }
    }

    /// Single precision is exact here: by the Cauchy-Schwarz inequality every partial sum of integer products is
    /// an integer below 2^23, which a float holds.
    func multiplyQuantised(_ range: Range<Int>, into scores: inout [Float]) throws -> Bool {
        let floats = try library.index.withRows(range) { $0.map(Float.init) }
        var span = scores.mutableSpan
        BLAS.sgemm(
            floats.span, queryIntegers.span, into: &span, m: range.count, n: queryCount,
            k: card.content.vector.dimension)
        let queryScale = Double(card.content.scaling.queryScale)
        for (row, entry) in range.enumerated() {
            let factor = Float(1 / (queryScale * library.entries[entry].scale))
            for column in row * queryCount..<(row + 1) * queryCount { scores[column] *= factor }
        }
        return true
    }

    var bytes: AccuracyReport.Bytes {
        AccuracyReport.Bytes(
            keys: 0, upload: upload?.byteCount ?? 0,
            download: library.entries.count * (decryption?.layout.recordByteCount ?? 0),
            library: library.index.rowCount * library.index.dimension)
    }

    var parameters: AccuracyReport.Parameters {
        let parameters = card.parameters
        return .init(n: parameters.degree, logQ: parameters.logModulus, securityBits: parameters.security.rawValue)
    }
}

/// Interactive search: all queries first, in passes over the whole index, whose scores are kept for the blocks.
final class InteractiveRun: EncryptedSearch {
    let card: LibraryCard
    private let search: InteractiveSearch
    private let threads: Int
    private let key = SecretKey.generate()
    private var keys: RotationKeys?
    private var upload: InteractiveUpload?
    private let disclosure: PrecursorDisclosure?
    /// Where the library's rows stand in the index.
    private let places: [Int]
    /// One row a query, one column a library spectrum.
    private var allScores = AlignedBuffer<Float>(count: 0)
    private var answerByteCount = 0
    private var scheme: InteractiveScheme { search.index.scheme }

    /// - Parameters:
    ///   - library: its folder.
    ///   - precursors: those of its spectra.
    ///   - disclosure: what the host is told of the queries' precursors.
    init(library: URL, precursors: [Double?], disclosure: PrecursorDisclosure?, threads: Int) throws {
        let order = PrecursorOrder(precursors).rows
        places = order.indices.reduce(into: order) { $0[order[$1]] = $1 }
        self.disclosure = disclosure
        card = try LibraryCard(path: library.appendingPathComponent(SpectralLibrary.FileName.card).path)
        search = InteractiveSearch(
            index: try InteractiveIndex(
                path: library.appendingPathComponent(SpectralLibrary.FileName.diagonals).path, card: card))
        self.threads = threads
    }

    func generateKeys(_ seconds: inout AccuracyReport.Seconds) throws {
        try withScratchFolder(label: "msfhe-validate") { folder in
            let path = folder.appendingPathComponent("keys").path
            try timed(&seconds.keygen) {
                try RotationKeys.create(path: path, key: key, scheme: scheme, threads: threads)
            }
            keys = try RotationKeys(path: path, scheme: scheme)
        }
    }

    func encrypt(_ queries: QueryVectors) throws {
        guard let keys else { preconditionFailure("the keys are made first") }
        upload = try InteractiveQueries(
            queries, key: key, keys: keys, card: card, disclosure: disclosure, threads: threads
        ).upload
    }

    func predictedVariance() -> Double {
        let deviation = scheme.scoreDeviation(rowCount: search.index.rowCount)
        return deviation * deviation
    }

    func prepare(_ seconds: inout AccuracyReport.Seconds) throws {
        guard let upload, let keys else { preconditionFailure("the queries are encrypted first") }
        let rowCount = search.index.rowCount
        let decryption = InteractiveDecryption(card: card, key: key)
        allScores = AlignedBuffer(count: upload.queryCount * rowCount)
        let degree = scheme.parameters.degree
        for first in stride(from: 0, to: upload.queryCount, by: InteractiveSearch.queriesPerPass) {
            let range = first..<min(first + InteractiveSearch.queriesPerPass, upload.queryCount)
            let (queries, answers) = try timed(&seconds.search) {
                let queries = try range.map { try search.query($0, of: upload, keys: keys) }
                return (queries, try search.answer(queries, threads: threads))
            }
            timed(&seconds.decrypt) {
                let blockCount = scheme.layout(rowCount: rowCount).blockCount
                nonisolated(unsafe) let scores = allScores.unsafeBase + first * rowCount
                parallelFor(range.count * blockCount, threads: threads) { place in
                    let (query, block) = place.quotientAndRemainder(dividingBy: blockCount)
                    let blocks = queries[query].blocks
                    decryption.decrypt(
                        blocks.contains(block) ? answers[query][block - blocks.lowerBound] : nil,
                        count: min(degree, rowCount - block * degree),
                        into: scores + query * rowCount + block * degree, stride: 1)
                }
            }
            answerByteCount += answers.reduce(0) { $0 + $1.reduce(0) { $0 + $1.bytes.count } }
        }
    }

    func scores(of rows: Range<Int>, into scores: inout [Float], _ seconds: inout AccuracyReport.Seconds) {
        let rowCount = search.index.rowCount
        let queryCount = allScores.count / rowCount
        for query in 0..<queryCount {
            let ofQuery = allScores.unsafeBase + query * rowCount
            for row in rows { scores[(row - rows.lowerBound) * queryCount + query] = ofQuery[places[row]] }
        }
    }

    func multiplyQuantised(_ rows: Range<Int>, into scores: inout [Float]) -> Bool { false }

    var bytes: AccuracyReport.Bytes {
        AccuracyReport.Bytes(
            keys: keys?.byteCount ?? 0, upload: upload?.byteCount ?? 0, download: answerByteCount,
            library: search.index.byteCount)
    }

    var parameters: AccuracyReport.Parameters {
        let parameters = scheme.parameters
        return .init(
            n: parameters.degree, logQ: parameters.logModulus, securityBits: parameters.security?.rawValue ?? 0)
    }
}
