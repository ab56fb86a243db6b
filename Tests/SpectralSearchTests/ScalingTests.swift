import RLWE
import Testing

@testable import SpectralSearch

struct ScalingTests {
    private let precisions = AnswerPreset.allCases.map(\.precision)

    @Test func theDefaultsAreThoseOfTheDesign() {
        let scaling = ScoreScaling(dimension: 512, parameters: .batch, precision: AnswerPreset.default.precision)
        #expect(scaling.queryScale == 7680)
        #expect(scaling.queryNormSquaredLimit == 118_300_000)
        #expect(scaling.rowNormSquaredLimit == 1 << 19)
    }

    /// No dimension and no precision lets a score wrap around, and 256 more of scale would.
    @Test func noScoreCanWrapAround() {
        for dimension in stride(from: 64, through: 4096, by: 4) {
            for precision in precisions {
                var scaling = ScoreScaling(dimension: dimension, parameters: .batch, precision: precision)
                #expect(scaling.excludesWrapAround(dimension: dimension, parameters: .batch, precision: precision))
                let norm = Double(scaling.queryScale + 256) * 2.0.squareRoot() + Double(dimension).squareRoot() / 2
                scaling.queryNormSquaredLimit = Int(norm * norm)
                #expect(!scaling.excludesWrapAround(dimension: dimension, parameters: .batch, precision: precision))
            }
        }
    }

    /// Rows keep their direction, and never exceed the host's limit, whatever the vector.
    @Test func rowsStayWithinTheirLimits() {
        let scaling = ScoreScaling(dimension: 512, parameters: .batch, precision: AnswerPreset.default.precision)
        var vectors = (0..<200).map { _ in (0..<512).map { _ in Float.random(in: -1...1) } }
        vectors.append([1] + [Float](repeating: 0, count: 511))
        vectors.append([Float](repeating: 1, count: 512))
        // Scaled to norm 720, every entry is 31.82: all of them round up.
        vectors.append([Float](repeating: 0.0625, count: 512))
        vectors.append([Float](repeating: 1e-30, count: 512))
        for vector in vectors {
            let (row, scale) = scaling.quantisedRow(vector)
            #expect(ScoreScaling.normSquared(row) <= scaling.rowNormSquaredLimit)
            #expect(row.allSatisfy { abs(Int($0)) <= 127 })
            for (entry, value) in zip(row, vector) { #expect(abs(Double(entry) / scale - Double(value)) <= 0.5001 / scale) }
        }
        let (zero, scale) = scaling.quantisedRow([Float](repeating: 0, count: 512))
        #expect(scale == 1 && zero.allSatisfy { $0 == 0 })
    }

    /// A vector of norm sqrt(2) is accepted in any direction.
    @Test func queriesStayWithinTheirLimits() {
        for dimension in [64, 512, 4096] {
            let scaling = ScoreScaling(dimension: dimension, parameters: .batch, precision: AnswerPreset.default.precision)
            var vectors = (0..<100).map { _ in (0..<dimension).map { _ in Float.random(in: -1...1) } }
            vectors.append([1] + [Float](repeating: 0, count: dimension - 1))
            vectors.append([Float](repeating: 1, count: dimension))
            for vector in vectors {
                let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
                let query = scaling.quantisedQuery(vector.map { $0 / norm * Float(2).squareRoot() })
                let square = query.reduce(0) { $0 + Int($1) * Int($1) }
                #expect(square <= scaling.queryNormSquaredLimit)
            }
        }
    }
}
