import Foundation
import RLWE
import Testing

@testable import SpectralSearch

struct ScalingTests {
    private let precisions = PrecisionPreset.allCases.map(\.precision)

    @Test func theDefaultsAreThoseOfTheDesign() {
        let scaling = ScoreScaling(dimension: 512, parameters: .batch, precision: PrecisionPreset.default.precision)
        #expect(scaling.queryScale == 7680)
        #expect(scaling.queryNormSquaredLimit == 118_300_000)
        #expect(scaling.rowNormSquaredLimit == 1 << 19)
    }

    /// No dimension and no precision lets a score wrap around, and 256 more of scale would.
    @Test func noScoreCanWrapAround() {
        for dimension in stride(from: 64, through: 4096, by: 4) {
            for precision in precisions {
                let scaling = ScoreScaling(dimension: dimension, parameters: .batch, precision: precision)
                let fits = largestPhase(scaling, dimension, precision) < 0x1p23
                #expect(fits && scaling.queryScale > 6000, "dimension \(dimension)")
                var larger = scaling
                larger.queryScale += 256
                let norm = Double(larger.queryScale) * 2.0.squareRoot() + Double(dimension).squareRoot() / 2
                larger.queryNormSquaredLimit = Int((norm * norm / 100_000).rounded(.up)) * 100_000
                let largerFits = largestPhase(larger, dimension, precision) < 0x1p23
                #expect(!largerFits, "dimension \(dimension)")
            }
        }
    }

    /// The inequality of the design, written out.
    private func largestPhase(_ scaling: ScoreScaling, _ dimension: Int, _ precision: WirePrecision) -> Double {
        let rowNorm = Double(scaling.rowNormSquaredLimit).squareRoot()
        let product = rowNorm * Double(scaling.queryNormSquaredLimit).squareRoot()
        let upload = precision.uploadBits == 24 ? 0 : exp2(23 - Double(precision.uploadBits))
        let errors = (20 + upload) * rowNorm * Double(dimension).squareRoot()
        let body = precision.bodyBits == precision.uploadBits ? 0 : exp2(23 - Double(precision.bodyBits))
        let mask = precision.maskBits == 24 ? 0 : 1024 * exp2(23 - Double(precision.maskBits))
        return product + errors + mask + body
    }

    /// Rows keep their direction, and never exceed the host's limit, whatever the vector.
    @Test func rowsStayWithinTheirLimits() {
        let scaling = ScoreScaling(dimension: 512, parameters: .batch, precision: PrecisionPreset.default.precision)
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
            for (entry, value) in zip(row, vector) {
                #expect(abs(Double(entry) / scale - Double(value)) <= 0.5001 / scale)
            }
        }
        let (zero, scale) = scaling.quantisedRow([Float](repeating: 0, count: 512))
        #expect(scale == 1 && zero.allSatisfy { $0 == 0 })
    }

    /// A vector of norm sqrt(2) is accepted in any direction.
    @Test func queriesStayWithinTheirLimits() {
        for dimension in [64, 512, 4096] {
            let scaling = ScoreScaling(
                dimension: dimension, parameters: .batch, precision: PrecisionPreset.default.precision)
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
