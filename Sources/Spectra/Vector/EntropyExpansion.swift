import Foundation

/// The kernel of the spectral entropy similarity, and an approximation of it by a sum of r products.
///
/// The similarity of spectra of weights a_i and b_i, each of sum 1, is the sum of k(a_i, b_i) over matched peaks,
///
///     k(a, b) = (f(a + b) - f(a) - f(b)) / 2,   f(x) = x log2(x),
///
/// a Jensen-Shannon kernel: symmetric, positive definite, homogeneous, k(a, a) = a. Its r leading eigenfunctions, on
/// the weights that occur, give the features of a peak: vectors of r numbers whose inner product is about k.
///
/// With u = ln a uniform on ``points`` from ln ``least`` to 0 and the measure a^(-1/2) du, half way between small
/// absolute and small relative errors, K_ij = k(a_i, a_j) (a_i a_j)^(-1/4) is diagonalised, and eigenvectors are
/// continued to every a by the kernel itself (Nystroem's method). Error of the similarity of two spectra for
/// r = 2, 3, 4, 6: at most 0.57, 0.23, 0.074, 0.0062; measured on real hits far less, see `docs/scores.md`.
///
/// Sources: Li et al., Nature Methods 18, 1524 (2021), for the similarity; Williams, Seeger, "Using the Nystroem method to
/// speed up kernel machines", NIPS 2000; Vedaldi, Zisserman, "Efficient additive kernels via explicit feature maps", IEEE
/// TPAMI 34, 480 (2012), for kernels of this kind.
package struct EntropyExpansion: Sendable {
    /// Numbers in a peak's features, r.
    package let rank: Int
    /// The points a_i.
    private let points: [Double]
    /// For each component, the factors of k(a, a_i).
    private let coefficients: [[Double]]

    /// Weights below this are rare: peaks of less than 1 % of the base peak are dropped.
    package static let least = 5e-4
    package static let ranks = 1...16
    private static let pointCount = 32

    /// The kernel k; 0 where a weight is 0.
    package static func kernel(_ a: Double, _ b: Double) -> Double {
        guard a > 0, b > 0 else { return 0 }
        // The definition in the ratio of the weights: no difference of nearly equal numbers.
        return (a * log2(1 + b / a) + b * log2(1 + a / b)) / 2
    }

    /// The expansion of `rank` terms. Costs about 10 ms.
    ///
    /// - Precondition: `rank` is in ``ranks``.
    package init(rank: Int) {
        self.init(rank: rank, Self.decomposition)
    }

    private init(rank: Int, _ decomposition: Decomposition) {
        precondition(Self.ranks.contains(rank), "an expansion has 1 to 16 terms, not \(rank)")
        self.rank = rank
        points = decomposition.points
        coefficients = (0..<rank).map { component in
            let scale = 1 / decomposition.eigensystem.values[component].squareRoot()
            return zip(decomposition.eigensystem.vectors[component], decomposition.weights).map { $0 * $1 * scale }
        }
    }

    /// The least rank whose ``similarityErrorBound`` is at most `maximumError`; nil where none of ``ranks`` is enough.
    package static func rank(maximumError: Double) -> Int? {
        let decomposition = decomposition
        return ranks.first { EntropyExpansion(rank: $0, decomposition).similarityErrorBound <= maximumError }
    }

    /// The features of a peak of weight `a`: ``rank`` numbers.
    package func features(_ a: Double) -> [Double] {
        let kernels = points.map { Self.kernel(a, $0) }
        return coefficients.map { zip($0, kernels).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    /// The largest error of the similarity of any two spectra whose weights are from ``least`` to 1.
    ///
    /// The error is the sum of e(a_i, b_i) over matched peaks. The sum of (a_i + b_i) / 2 is at most 1, so it is at most
    /// the largest |e(a, b)| / ((a + b) / 2), which is taken over a grid of twice the expansion's density.
    package var similarityErrorBound: Double {
        let weights = Self.grid(count: 2 * points.count)
        let features = weights.map(features)
        var bound = 0.0
        for (a, x) in zip(weights, features) {
            for (b, y) in zip(weights, features) {
                let error = zip(x, y).reduce(-Self.kernel(a, b)) { $0 + $1.0 * $1.1 }
                bound = max(bound, abs(error) / ((a + b) / 2))
            }
        }
        return bound
    }

    // MARK: Eigenfunctions

    private struct Decomposition {
        var points: [Double]
        /// The square roots of the measure.
        var weights: [Double]
        var eigensystem: SymmetricEigensystem
    }

    private static var decomposition: Decomposition {
        let points = grid(count: pointCount)
        let step = -log(least) / Double(pointCount - 1)
        let weights = points.map { (step / $0.squareRoot()).squareRoot() }
        let matrix = zip(points, weights).map { a, v in
            zip(points, weights).map { b, w in kernel(a, b) * v * w }
        }
        return Decomposition(points: points, weights: weights, eigensystem: SymmetricEigensystem(of: matrix))
    }

    /// Weights from ``least`` to 1 at equal ratios.
    private static func grid(count: Int) -> [Double] {
        (0..<count).map { exp(log(least) * (1 - Double($0) / Double(count - 1))) }
    }
}
