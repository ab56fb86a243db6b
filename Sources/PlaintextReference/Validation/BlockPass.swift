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
        /// From the peaks themselves; nil where that was not asked for.
        var exact: [Float]?

        fileprivate init(count: Int) {
            encrypted = [Float](repeating: 0, count: count)
            quantised = encrypted
            plaintext = encrypted
        }
    }

    let compoundNumbers: [String: Int]
    private(set) var encryptedScores: CompoundScores
    private var plaintextScores: CompoundScores
    private var exactScores: CompoundScores?
    /// The best row of each query by its peaks.
    private(set) var exactBest: [(row: Int, score: Float)]
    /// The best encrypted score of the decoys that were made of each compound's spectra; nil where there are none.
    private(set) var decoyScores: CompoundScores?

    private let exact: ExactSearch?
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

    init(
        options: Validation.Options, recipe: VectorRecipe, spectra: [Spectrum], decoys: [Spectrum],
        queries: [Spectrum], vectors: [[Float]], exact: ExactSearch?
    ) {
        self.exact = exact
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
        exactScores = exact == nil ? nil : encryptedScores
        exactBest = queries.map { _ in (0, -.infinity) }
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
            if range.upperBound <= targetCount { scores.exact = exact?.scores(of: range, threads: options.threads) }
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
            if var exact = scores.exact {
                discardOutsideWindow(&exact, range)
                scores.exact = exact
            }
        }
        guard range.lowerBound < targetCount else {
            let targets = range.lowerBound - targetCount..<range.upperBound - targetCount
            decoyScores?.merge(scores.encrypted.span, rowCompounds: rowCompounds[targets])
            return
        }
        encryptedScores.merge(scores.encrypted.span, rowCompounds: rowCompounds[range])
        plaintextScores.merge(scores.plaintext.span, rowCompounds: rowCompounds[range])
        if let exact = scores.exact { keepBest(exact: exact, range) }
        for place in best.indices {
            for row in range {
                let score = scores.encrypted[(row - range.lowerBound) * queries.count + best[place].query]
                if score > best[place].score { (best[place].row, best[place].score) = (row, score) }
            }
        }
    }

    private mutating func keepBest(exact: [Float], _ range: Range<Int>) {
        exactScores?.merge(exact.span, rowCompounds: rowCompounds[range])
        for row in range {
            for query in queries.indices {
                let score = exact[(row - range.lowerBound) * queries.count + query]
                if score > exactBest[query].score { exactBest[query] = (row, score) }
            }
        }
    }

    /// Sets scores of library spectra whose precursor is not within the window to minus infinity: not found.
    private func discardOutsideWindow(_ scores: inout [Float], _ range: Range<Int>) {
        for row in range {
            for query in queries.indices {
                if let a = spectra[row].precursorMZ, let b = queries[query].precursorMZ, CandidateCompounds.match(a, b)
                {
                    continue
                }
                scores[(row - range.lowerBound) * queries.count + query] = -.infinity
            }
        }
    }

    /// How each query fared.
    func outcomes() -> [QueryOutcome] {
        let candidates = CandidateCompounds(
            precursors: spectra.prefix(targetCount).map(\.precursorMZ), compounds: rowCompounds)
        let right = queries.map { compoundNumbers[$0.compound] }
        let places = (encrypted: encryptedScores.places(of: right), plaintext: plaintextScores.places(of: right))
        let exactPlaces = exactScores?.places(of: right)
        return queries.enumerated().map { number, query in
            let encrypted = encryptedScores.bestCompounds(query: number, count: 10)
            let plaintext = plaintextScores.bestCompounds(query: number, count: 10)
            return QueryOutcome(
                name: query.accession ?? query.name, compound: query.compound,
                traits: .init(
                    ionMode: query.ionMode?.rawValue, instrumentType: query.instrumentType,
                    collisionEnergy: query.collisionEnergy.flatMap { CollisionEnergy($0) },
                    peakCount: query.cleanedPeaks(recipe).count,
                    candidateCount: query.precursorMZ.map(candidates.count)),
                encrypted: .init(place: places.encrypted[number], encryptedScores, query: number, best: encrypted),
                plaintext: .init(place: places.plaintext[number], plaintextScores, query: number, best: plaintext),
                exact: exactPlaces.flatMap { places in
                    exactScores.map { scores in
                        .init(
                            place: places[number], scores, query: number,
                            best: scores.bestCompounds(query: number, count: 2))
                    }
                },
                agreement: RankingAgreement(encrypted, plaintext))
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

extension QueryOutcome.Search {
    /// - Parameter best: the best compounds of the query in `scores`, best first.
    fileprivate init(place: RankingAccuracy.Place?, _ scores: CompoundScores, query: Int, best: [Int]) {
        let first = scores[best[0], query]
        self.init(place: place, bestScore: first, margin: best.count > 1 ? first - scores[best[1], query] : nil)
    }
}
