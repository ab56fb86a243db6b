import Foundation
import Testing

@testable import Spectra

struct EntropyExpansionTests {
    /// Weights that sum to 1, of 1 to 60 peaks.
    private func weights(_ generator: inout SplitMix64) -> [Double] {
        let raw = (0..<1 + Int(generator.next() % 60)).map { _ in pow(generator.unit(), 3) + 0.01 }
        let total = raw.reduce(0, +)
        return raw.map { $0 / total }
    }

    /// 1 - (2 S(M) - S(A) - S(B)) / ln 4, M the mean of A and B: the published definition.
    private func similarity(_ a: [Double], _ b: [Double], matched: Int) -> Double {
        func entropy(_ weights: [Double]) -> Double { weights.reduce(0) { $0 - $1 * log($1) } }
        let mixed =
            zip(a, b).prefix(matched).map { ($0 + $1) / 2 } + a.dropFirst(matched).map { $0 / 2 }
            + b.dropFirst(matched).map { $0 / 2 }
        return 1 - (2 * entropy(mixed) - entropy(a) - entropy(b)) / log(4)
    }

    @Test("The kernel's sum over matched peaks is the published similarity")
    func kernel() {
        var generator = SplitMix64(seed: 3)
        for _ in 0..<200 {
            let (a, b) = (weights(&generator), weights(&generator))
            let matched = Int(generator.next() % UInt64(min(a.count, b.count) + 1))
            let sum = zip(a, b).prefix(matched).reduce(0) { $0 + EntropyExpansion.kernel($1.0, $1.1) }
            #expect(abs(sum - similarity(a, b, matched: matched)) < 1e-12)
        }
        #expect(EntropyExpansion.kernel(0.3, 0.3) == 0.3 && EntropyExpansion.kernel(0, 0.5) == 0)
    }

    @Test("An expansion keeps to its bound, which falls with its rank")
    func bound() {
        var generator = SplitMix64(seed: 4)
        var last = 1.0
        for rank in [1, 2, 3, 4, 6, 10] {
            let expansion = EntropyExpansion(rank: rank)
            let bound = expansion.similarityErrorBound
            #expect(bound < last)
            last = bound
            for _ in 0..<100 {
                let (a, b) = (weights(&generator), weights(&generator))
                guard (a + b).min() ?? 0 >= EntropyExpansion.least else { continue }
                let error = zip(a, b).reduce(0.0) { sum, pair in
                    let product = zip(expansion.features(pair.0), expansion.features(pair.1)).reduce(0) {
                        $0 + $1.0 * $1.1
                    }
                    return sum + product - EntropyExpansion.kernel(pair.0, pair.1)
                }
                #expect(abs(error) <= bound * (1 + 1e-3))
            }
        }
    }

    @Test("The rank asked for by an error is the least that keeps to it")
    func rank() throws {
        for error in [0.5, 0.08, 0.01] {
            let rank = try #require(EntropyExpansion.rank(maximumError: error))
            #expect(EntropyExpansion(rank: rank).similarityErrorBound <= error)
            #expect(rank == 1 || EntropyExpansion(rank: rank - 1).similarityErrorBound > error)
        }
        #expect(EntropyExpansion.rank(maximumError: 0.08) == 4)
        #expect(EntropyExpansion.rank(maximumError: 0) == nil)
    }

    @Test("Eigenvectors are orthonormal and diagonalise")
    func eigensystem() {
        var generator = SplitMix64(seed: 5)
        var matrix = (0..<12).map { _ in (0..<12).map { _ in generator.unit() - 0.5 } }
        for i in 0..<12 { for j in 0..<i { matrix[i][j] = matrix[j][i] } }
        let system = SymmetricEigensystem(of: matrix)
        #expect(system.values == system.values.sorted(by: >))
        for (value, vector) in zip(system.values, system.vectors) {
            for (row, entry) in zip(matrix, vector) {
                #expect(abs(zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } - value * entry) < 1e-13)
            }
            for other in system.vectors {
                let product = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
                #expect(abs(product - (other == vector ? 1 : 0)) < 1e-13)
            }
        }
    }
}
