import RLWE
import Ring
import SpectralSearch
import Spectra

/// One pass over a library, block by block: encrypted search, decryption, and both plaintext twins.
struct BlockPass {
    /// The scores of one block of library rows: one row a library spectrum, one column a query.
    struct Scores {
        /// Decrypted.
        var encrypted: [Float]
        /// Of the numbers that were encrypted, in plaintext.
        var quantised: [Float]
        /// Of the float vectors.
        var plaintext: [Float]

        fileprivate init(count: Int) {
            encrypted = [Float](repeating: 0, count: count)
            quantised = encrypted
            plaintext = encrypted
        }
    }

    let compoundNumbers: [String: Int]
    private(set) var encryptedScores: CompoundScores
    private(set) var plaintextScores: CompoundScores
    /// The best encrypted score of the decoys that were made of each compound's spectra; nil where there are none.
    private(set) var decoyScores: CompoundScores?

    private let options: Validation.Options
    private let recipe: VectorRecipe
    /// Spectra of compounds, then as many decoys of them, or none.
    private let spectra: [Spectrum]
    private let targetCount: Int
    private let queries: [Spectrum]
    private let rowCompounds: [Int]
    private let queryFloats: [Float]
    /// The best library row of a few queries, of different compounds, for their mirror plots.
    private var best: [(query: Int, row: Int, score: Float)]

    /// Rows that go by together.
    static let blockRows = 2048
    private static let mirrorCount = 6
    /// Half width of the precursor window in daltons.
    private static let window = 0.01

    init(
        options: Validation.Options, recipe: VectorRecipe, spectra: [Spectrum], decoys: [Spectrum],
        queries: [Spectrum], vectors: [[Float]]
    ) {
        self.options = options
        self.recipe = recipe
        self.spectra = spectra + decoys
        targetCount = spectra.count
        self.queries = queries
        var numbers: [String: Int] = [:]
        rowCompounds = spectra.map { spectrum in
            let number = numbers[spectrum.compound] ?? numbers.count
            numbers[spectrum.compound] = number
            return number
        }
        compoundNumbers = numbers
        queryFloats = vectors.flatMap { $0 }
        encryptedScores = CompoundScores(compoundCount: numbers.count, queryCount: queries.count)
        plaintextScores = encryptedScores
        decoyScores = decoys.isEmpty ? nil : encryptedScores
        var shown: Set<String> = []
        best = queries.indices.filter { shown.insert(queries[$0].compound).inserted }
            .prefix(Self.mirrorCount).map { ($0, 0, -.infinity) }
    }

    /// Searches the whole library.
    ///
    /// - Parameters:
    ///   - seconds: gains the time of the encrypted search (upload in memory to packed answer in memory), of the
    ///     decryption, and of the plaintext product of the same shape.
    ///   - visit: called with the scores of each block.
    ///   - progress: called with the fraction done.
    mutating func run(
        _ search: any EncryptedSearch, into seconds: inout AccuracyReport.Seconds,
        visit: (borrowing Scores) -> Void, progress: (Double) -> Void
    ) throws {
        try search.prepare(&seconds)
        warmUp()
        for range in blocks(0..<targetCount) + blocks(targetCount..<spectra.count) {
            var scores = Scores(count: range.count * queries.count)
            try search.scores(of: range, into: &scores.encrypted, &seconds)
            multiplyFloats(range, into: &scores.plaintext, &seconds.plaintextSgemm)
            if try !search.multiplyQuantised(range, into: &scores.quantised) { scores.quantised = scores.plaintext }
            visit(scores)
            keepBest(&scores, range)
            progress(Double(range.upperBound) / Double(spectra.count))
        }
    }

    private func blocks(_ rows: Range<Int>) -> [Range<Int>] {
        stride(from: rows.lowerBound, to: rows.upperBound, by: Self.blockRows).map {
            $0..<min($0 + Self.blockRows, rows.upperBound)
        }
    }

    /// OpenBLAS allocates its buffers and starts its threads at the first call, which is not part of a product.
    private func warmUp() {
        var scratch = [Float](repeating: 0, count: 64 * queries.count)
        let rows = [Float](repeating: 0, count: 64 * options.dimension)
        var span = scratch.mutableSpan
        BLAS.sgemm(rows.span, queryFloats.span, into: &span, m: 64, n: queries.count, k: options.dimension)
    }

    private func multiplyFloats(_ range: Range<Int>, into scores: inout [Float], _ seconds: inout Double) {
        let vectorizer = SpectrumVectorizer(recipe: recipe)
        let rows = parallelMap(Array(spectra[range]), threads: options.threads) { vectorizer.vector(of: $0) }
            .flatMap { $0 }
        var span = scores.mutableSpan
        timed(&seconds) {
            BLAS.sgemm(
                rows.span, queryFloats.span, into: &span, m: range.count, n: queries.count, k: options.dimension)
        }
    }

    private mutating func keepBest(_ scores: inout Scores, _ range: Range<Int>) {
        if options.precursor == .window {
            discardOutsideWindow(&scores.encrypted, range)
            discardOutsideWindow(&scores.plaintext, range)
        }
        guard range.lowerBound < targetCount else {
            let targets = range.lowerBound - targetCount..<range.upperBound - targetCount
            decoyScores?.merge(scores.encrypted.span, rowCompounds: rowCompounds[targets])
            return
        }
        encryptedScores.merge(scores.encrypted.span, rowCompounds: rowCompounds[range])
        plaintextScores.merge(scores.plaintext.span, rowCompounds: rowCompounds[range])
        for place in best.indices {
            for row in range {
                let score = scores.encrypted[(row - range.lowerBound) * queries.count + best[place].query]
                if score > best[place].score { (best[place].row, best[place].score) = (row, score) }
            }
        }
    }

    /// Sets scores of library spectra whose precursor is not within the window to minus infinity: not found.
    private func discardOutsideWindow(_ scores: inout [Float], _ range: Range<Int>) {
        for row in range {
            for query in queries.indices {
                if let a = spectra[row].precursorMZ, let b = queries[query].precursorMZ, abs(a - b) <= Self.window {
                    continue
                }
                scores[(row - range.lowerBound) * queries.count + query] = -.infinity
            }
        }
    }

    /// A few queries and what was found for them.
    func mirrors() -> [MirrorPlot] {
        best.map { best in
            let query = queries[best.query]
            return MirrorPlot(
                query: query, hit: spectra[best.row], rank: 1, score: ScoreRelease.rounded(best.score),
                isRight: compoundNumbers[query.compound].map { $0 == rowCompounds[best.row] })
        }
    }
}
