import Foundation
import Testing

@testable import CKKS

@Suite("Composite sign")
struct CompositeSignTests {
    /// Points from the gap to 1: both ends, evenly, and evenly in the logarithm.
    private func points(_ gap: Double) -> [Double] {
        grid(gap...1, count: 3000) + grid(log2(gap)...0, count: 3000).map { min(1, max(gap, exp2($0))) }
    }

    @Test(
        "stays within the error beyond the gap, monotonous within",
        arguments: [
            (0x1p-2, 0x1p-3), (0x1p-4, 0x1p-4), (0x1p-8, 0x1p-10), (0x1p-12, 0x1p-20), (0x1p-16, 0x1p-20),
            (0x1p-20, 0x1p-8), (0x1p-3, 0x1p-40), (0.9, 0x1p-30), (0.7, 0.5), (0x1p-30, 0x1p-30),
            (0.99, 0x1p-44), (1 - 0x1p-20, 0x1p-44), (1 - 0x1p-50, 0x1p-30), (0x1p-32, 0.9), (0x1p-9, 0x1p-43),
            (0.56, 0x1p-39),
        ])
    func error(gap: Double, error: Double) throws {
        let sign = try CompositeSign(gap: gap, error: error)
        #expect(sign.maximumError <= error)
        // The depth of all stages is that of their whole degree at best.
        let degree = sign.stages.reduce(1.0) { $0 * Double($1.degree) }
        #expect(Double(sign.depth) >= log2(degree + 1))
        for stage in sign.stages { #expect(stage.parity == .odd && stage.interval == -1...1) }
        let rounding = 0x1p-44
        for x in points(gap) {
            #expect(abs(sign(x) - 1) <= sign.maximumError * (1 + 1e-6) + rounding)
            #expect(sign(-x) == -sign(x))
        }
        for x in grid(0...gap, count: 1000) {
            #expect(sign(x) >= 0 && sign(x) <= 1 + sign.maximumError * (1 + 1e-6) + rounding)
        }
    }

    @Test("degrees too high for a gap are passed over", arguments: 1...14)
    func highDegrees(tenths: Int) throws {
        let gap = min(1 - 0x1p-20, Double(tenths) / 14)
        for error in [0x1p-30, 0x1p-40, 0x1p-44] {
            let sign = try CompositeSign(gap: gap, error: error, maximumDegree: 63)
            for x in points(gap) { #expect(abs(sign(x) - 1) <= error + 0x1p-44) }
            let inside = grid(0...gap, count: 1000).map { sign($0) }
            #expect(inside.allSatisfy { $0 >= 0 && $0 <= 1 + error + 0x1p-44 })
        }
    }

    @Test("noise up to the slack between stages changes nothing of it")
    func slack() throws {
        for (gap, error, slack) in [(0x1p-8, 0x1p-10, 0x1p-14), (0x1p-12, 0x1p-20, 0x1p-20), (0x1p-4, 0x1p-30, 0.01)] {
            let sign = try CompositeSign(gap: gap, error: error, slack: slack)
            var generator = TestGenerator(seed: 9)
            for x in points(gap) {
                for pattern in 0..<3 {
                    var value = x
                    for (index, stage) in sign.stages.enumerated() {
                        value = stage(value)
                        guard index < sign.stages.count - 1 else { break }
                        // Inward, outward, or either.
                        value +=
                            pattern == 0
                            ? -slack : pattern == 1 ? slack : .random(in: -slack...slack, using: &generator)
                        #expect(value <= 1 + 1e-9)
                    }
                    #expect(abs(value - 1) <= error * (1 + 1e-6))
                }
            }
        }
    }

    @Test("no composition is less deep", arguments: [(0x1p-4, 0x1p-4), (0x1p-8, 0x1p-10), (0x1p-12, 0x1p-20)])
    func leastDepth(gap: Double, error: Double) throws {
        let sign = try CompositeSign(gap: gap, error: error, slack: 0)
        // The highest degree of a depth is the best one: all sequences of those, one level less in all.
        func best(_ gap: Double, _ levels: Int) throws -> Double {
            var least = 1.0
            for depth in 2...5 where depth <= levels {
                let reached = try MinimaxApproximation.sign(gap: gap, degree: (1 << depth) - 1).maximumError
                let next = levels - depth < 2 ? reached : try best((1 - reached) / (1 + reached), levels - depth)
                least = min(least, reached, next)
            }
            return least
        }
        #expect(try best(gap, sign.depth - 1) > error)
        #expect(try best(gap, sign.depth) <= error)
    }

    @Test("none as deep has fewer products")
    func fewestProducts() throws {
        let (gap, error) = (0x1p-4, 0x1p-4)
        let sign = try CompositeSign(gap: gap, error: error, slack: 0)
        func fewest(_ gap: Double, _ levels: Int) throws -> Int? {
            var fewest: Int?
            for degree in stride(from: 3, through: 31, by: 2) {
                let cost = EvaluationCost(degree: degree, parity: .odd)
                guard cost.depth <= levels else { continue }
                let reached = try MinimaxApproximation.sign(gap: gap, degree: degree).maximumError
                let rest = reached <= error ? 0 : try self.rest(reached, levels - cost.depth, fewest: fewest(_:_:))
                if let rest { fewest = min(fewest ?? .max, rest + cost.multiplications) }
            }
            return fewest
        }
        #expect(try fewest(gap, sign.depth) == sign.multiplications)
    }

    private func rest(
        _ reached: Double, _ levels: Int, fewest: (Double, Int) throws -> Int?
    ) throws -> Int? {
        levels < 2 ? nil : try fewest((1 - reached) / (1 + reached), levels)
    }

    @Test("step, comparison and maximum follow")
    func derived() throws {
        let (gap, error) = (0x1p-8, 0x1p-10)
        let sign = try CompositeSign(gap: gap, error: error)
        let numbers = grid(0...1, count: 200) + [0.5 + gap, 0.5 - gap, 0.5 + gap / 3]
        for a in numbers {
            for b in numbers {
                if abs(a - b) >= gap {
                    #expect(abs(sign.step(a - b) - (a > b ? 1 : 0)) <= error / 2)
                    #expect(abs(sign.comparison(a, b) - (a > b ? 1 : 0)) <= error / 2)
                }
                #expect(abs(sign.maximum(a, b) - max(a, b)) <= max(error, gap * (1 + error)) / 2)
            }
        }
        #expect(sign.comparison(0.3, 0.3) == 0.5)
    }

    @Test("the table of the documentation")
    func table() throws {
        for (gap, error, degrees, depth, products, bits) in [
            (8, 10, [7, 13, 27], 12, 22, 11.1), (12, 20, [15, 15, 15, 29], 17, 35, 21.0),
            (16, 20, [7, 7, 7, 15, 15, 27], 22, 41, 20.2), (20, 20, [31, 31, 31, 31, 31], 25, 60, 20.4),
        ] {
            let sign = try CompositeSign(gap: exp2(-Double(gap)), error: exp2(-Double(error)))
            #expect(sign.stages.map(\.degree) == degrees)
            #expect(sign.depth == depth && sign.multiplications == products)
            #expect((-10 * log2(sign.maximumError)).rounded() == 10 * bits)
        }
    }

    @Test("refuses what cannot be")
    func hostile() {
        for gap in [0, -0.1, 1, Double.infinity, 0x1p-33] {
            #expect(throws: ApproximationError.gap(gap)) { try CompositeSign(gap: gap, error: 0.1) }
        }
        for error in [0, -0.1, 1, Double.infinity, 0x1p-45] {
            #expect(throws: ApproximationError.error(error)) { try CompositeSign(gap: 0.1, error: error) }
        }
        #expect(throws: ApproximationError.self) { try CompositeSign(gap: .nan, error: 0.1) }
        #expect(throws: ApproximationError.self) { try CompositeSign(gap: 0.1, error: .nan) }
        for slack in [-0.1, 0.1, Double.infinity] {
            #expect(throws: ApproximationError.slack(slack, below: 0.1)) {
                try CompositeSign(gap: 0.1, error: 0.1, slack: slack)
            }
        }
        #expect(throws: ApproximationError.self) { try CompositeSign(gap: 0.1, error: 0.1, slack: .nan) }
        #expect(throws: ApproximationError.degree(64, lowest: 1, highest: 63)) {
            try CompositeSign(gap: 0.1, error: 0.1, maximumDegree: 64)
        }
        // Lines alone never narrow the range.
        #expect(throws: ApproximationError.noProgress(gap: 0.1, slack: 0.01)) {
            try CompositeSign(gap: 0.1, error: 0.1, slack: 0.01, maximumDegree: 1)
        }
        // Cubics triple a small gap at most; this slack takes more off.
        #expect(throws: ApproximationError.noProgress(gap: 0.001, slack: 0.00099)) {
            try CompositeSign(gap: 0.001, error: 0.1, slack: 0.00099, maximumDegree: 2)
        }
    }
}
