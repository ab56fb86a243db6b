import Foundation
import Ring
import Spectra

/// Search by the similarity that vectors approximate, pair by pair on peaks: what a chemist's plaintext tool finds.
///
/// Costs about a third of a microsecond a pair and core.
struct ExactSearch {
    private let similarity: ExactSimilarity
    private let recipe: VectorRecipe
    private let precursor: Validation.Precursor
    private let library: [Spectrum]
    private let queries: [Spectrum]
    private let librarySubjects: [ExactSimilarity.Subject]
    private let querySubjects: [ExactSimilarity.Subject]

    init(
        recipe: VectorRecipe, precursor: Validation.Precursor, library: [Spectrum], queries: [Spectrum], threads: Int
    ) {
        let similarity = ExactSimilarity(recipe: recipe)
        self.similarity = similarity
        self.recipe = recipe
        self.precursor = precursor
        self.library = library
        self.queries = queries
        librarySubjects = parallelMap(library, threads: threads, transform: similarity.subject)
        querySubjects = parallelMap(queries, threads: threads, transform: similarity.subject)
    }

    /// The scores of a block of library rows: one row a library spectrum, one column a query. With hidden precursors a
    /// score is the similarity plus the Gaussian kernel of the precursor difference.
    func scores(of rows: Range<Int>, threads: Int) -> [Float] {
        parallelMap(Array(rows), threads: threads) { row in
            var matching = GreedyMatching()
            return queries.indices.map { query in
                Float(
                    similarity.similarity(librarySubjects[row], querySubjects[query], &matching)
                        + precursorKernel(row, query))
            }
        }.flatMap(\.self)
    }

    private func precursorKernel(_ row: Int, _ query: Int) -> Double {
        guard precursor == .hidden, let a = library[row].precursorMZ, let b = queries[query].precursorMZ else {
            return 0
        }
        let distance = (a - b) / recipe.precursorWidth
        return exp(-distance * distance / 2)
    }

    /// How much the expansion of the entropy kernel changes the similarity of each query and the row given for it; empty
    /// for other scores.
    func expansionErrors(of rows: [Int]) -> [Double] {
        guard recipe.score == .entropy else { return [] }
        let expanded = ExactSimilarity(recipe: recipe, expansion: EntropyExpansion(rank: recipe.expansionRank))
        var matching = GreedyMatching()
        return rows.enumerated().map { query, row in
            expanded.similarity(librarySubjects[row], querySubjects[query], &matching)
                - similarity.similarity(librarySubjects[row], querySubjects[query], &matching)
        }
    }
}
