import Foundation
import Testing

@testable import CKKS

@Suite("Inverse and inverse square root")
struct InverseApproximationTests {
    private static let cases: [(ClosedRange<Double>, Double)] = [
        (0.5...1, 0x1p-10), (0.5...1, 0x1p-40), (0x1p-10...1, 0x1p-20), (0x1p-20...1, 0x1p-10), (3...700, 1e-6),
        (1...1.001, 0x1p-30), (1e-9...2e-9, 0x1p-16), (0.9...1.1, 0.5), (1e-9...1, 1e-3),
        (1...1 + 0x1p-50, 0x1p-44), (1...1.01, 0x1p-44), (1e300...1e301, 1e-3), (1e-300...1e-299, 1e-3),
        (1...4e9, 0x1p-40),
        (0x1p-32...1, 0x1p-16),
    ]

    /// Points of the interval: both ends, evenly, and evenly in the logarithm.
    private func points(_ interval: ClosedRange<Double>) -> [Double] {
        let (a, b) = (interval.lowerBound, interval.upperBound)
        return grid(interval, count: 3000) + grid(log(a)...log(b), count: 3000).map { min(b, max(a, exp($0))) }
    }

    @Test("the inverse is within its relative error, and reaches it", arguments: cases)
    func inverse(interval: ClosedRange<Double>, error: Double) throws {
        let inverse = try InverseApproximation(on: interval, error: error)
        #expect(inverse.maximumError <= error)
        let errors = points(interval).map { abs(1 - $0 * inverse($0)) }
        // Near b the first s is almost 4, and off by up to eight roundings of 2^-52, which counts as a change of a by
        // b/a times that; the error, 1 / cosh of a multiple of sqrt(a/b), changes by half its logarithm times as much.
        let rounding = 0x1p-50 * (interval.upperBound / interval.lowerBound) * max(1, -log(inverse.maximumError))
        #expect(errors.max()! <= inverse.maximumError * (1 + 1e-9 + rounding) + 0x1p-46)
        #expect(errors.max()! >= inverse.maximumError * 0.99 - 0x1p-46)
        // As good as the best polynomial of its degree, (n + 1) 2^steps - 1.
        let (a, b) = (interval.lowerBound, interval.upperBound)
        let angle = log((b.squareRoot() + a.squareRoot()) / (b.squareRoot() - a.squareRoot()))
        let degree = Double(inverse.start.degree + 1) * exp2(Double(inverse.constants.count))
        if inverse.maximumError > 1e-20 {
            #expect(abs(inverse.maximumError * cosh(angle * degree) - 1) < 1e-4)
        }
        for constant in inverse.constants { #expect(constant > 2 && constant <= 4) }
    }

    @Test("the inverse square root is within its relative error, and reaches it", arguments: cases)
    func inverseSquareRoot(interval: ClosedRange<Double>, error: Double) throws {
        let inverse = try InverseSquareRootApproximation(on: interval, error: error)
        #expect(inverse.maximumError <= error)
        let errors = points(interval).map { abs(1 - $0.squareRoot() * inverse($0)) }
        #expect(errors.max()! <= inverse.maximumError * (1 + 1e-6) + 0x1p-46)
        #expect(errors.max()! >= inverse.maximumError * 0.99 - 0x1p-46)
        for constant in inverse.constants { #expect(constant >= 1.5 && constant < 3) }
    }

    @Test("each step of an inverse takes e to e^2 / (2 - e^2)")
    func steps() throws {
        let inverse = try InverseApproximation(on: 0.01...1, error: 1e-9, maximumDegree: 3)
        #expect(inverse.constants.count >= 3)
        let points = points(0.01...1)
        // Relative to its center, as wide to either side.
        func spread(_ values: [Double]) -> Double {
            (values.max()! - values.min()!) / (values.max()! + values.min()!)
        }
        var s = points.map { $0 * inverse.start($0) }
        for constant in inverse.constants {
            let before = spread(s)
            s = s.map { $0 * (constant - $0) }
            #expect(abs(spread(s) - before * before / (2 - before * before)) <= 1e-4 * before * before + 0x1p-48)
        }
        #expect(abs(s.max()! + s.min()! - 2) < 1e-9)
        // Newton's own constant takes more steps from the same start.
        var newton = points.map { $0 * inverse.start($0) / (inverse.constants[0] / 2) }
        for _ in inverse.constants { newton = newton.map { $0 * (2 - $0) } }
        #expect(newton.contains { abs(1 - $0) > inverse.error })
    }

    @Test("the split is the least deep")
    func split() throws {
        for (interval, error) in Self.cases {
            let inverse = try InverseApproximation(on: interval, error: error)
            let root = try InverseSquareRootApproximation(on: interval, error: error)
            for degree in [1, 3, 7, 15] {
                let other = try InverseApproximation(on: interval, error: error, maximumDegree: degree)
                #expect((inverse.depth, inverse.multiplications) <= (other.depth, other.multiplications))
                let otherRoot = try InverseSquareRootApproximation(on: interval, error: error, maximumDegree: degree)
                #expect((root.depth, root.multiplications) <= (otherRoot.depth, otherRoot.multiplications))
            }
        }
        // Depths, counted along the formulas: the map to u, the start, x y, and one product or two per step.
        let inverse = try InverseApproximation(on: 0x1p-10...1, error: 0x1p-20)
        #expect(inverse.start.degree == 3 && inverse.constants.count == 6 && inverse.depth == 1 + 2 + 1 + 6)
        let root = try InverseSquareRootApproximation(on: 0x1p-10...1, error: 0x1p-20)
        #expect(root.start.degree == 6 && root.constants.count == 4 && root.depth == 1 + 3 + 2 * 4)
        // By hand: on [1/2, 1], u_0 = -3 and 1/T_4(3) = 1/577 < 2^-8 < 1/T_3(3) = 1/99: a cubic, of two levels, and u.
        let cubic = try InverseApproximation(on: 0.5...1, error: 0x1p-8)
        #expect(cubic.start.degree == 3 && cubic.constants.isEmpty && cubic.depth == 3)
        #expect(abs(cubic.maximumError - 1.0 / 577) < 1e-15)
    }

    @Test("refuses what has no inverse")
    func hostile() {
        for lower in [0, -1.0, -0.0] {
            #expect(throws: ApproximationError.notPositive(lower: lower)) {
                try InverseApproximation(on: lower...1, error: 0.1)
            }
            #expect(throws: ApproximationError.notPositive(lower: lower)) {
                try InverseSquareRootApproximation(on: lower...1, error: 0.1)
            }
        }
        for error in [0, -0.1, 1, Double.infinity, 0x1p-45] {
            #expect(throws: ApproximationError.error(error)) { try InverseApproximation(on: 1...2, error: error) }
            #expect(throws: ApproximationError.error(error)) {
                try InverseSquareRootApproximation(on: 1...2, error: error)
            }
        }
        #expect(throws: ApproximationError.self) { try InverseApproximation(on: 1...2, error: .nan) }
        for degree in [0, 256] {
            #expect(throws: ApproximationError.degree(degree, lowest: 1, highest: 255)) {
                try InverseApproximation(on: 1...2, error: 0.1, maximumDegree: degree)
            }
            #expect(throws: ApproximationError.degree(degree, lowest: 1, highest: 255)) {
                try InverseSquareRootApproximation(on: 1...2, error: 0.1, maximumDegree: degree)
            }
        }
        #expect(throws: ApproximationError.tooWide(ratio: 0x1p33)) {
            try InverseApproximation(on: 0x1p-33...1, error: 0.1)
        }
        #expect(throws: ApproximationError.tooWide(ratio: .infinity)) {
            try InverseSquareRootApproximation(on: 1e-300...1e300, error: 0.1)
        }
    }
}
