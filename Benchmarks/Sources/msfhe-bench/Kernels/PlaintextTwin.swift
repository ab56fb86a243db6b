import Harness
import PlaintextReference
import Ring
import Spectra

/// OpenBLAS's product of float matrices in the shape of an encrypted one: `rows` times `dimension` times
/// `columns`, on buffers like those of the encrypted product.
final class PlaintextTwin {
    private let rows: Int
    private let dimension: Int
    private let columns: Int
    private let threads: Int
    private let left: AlignedBuffer<Float>
    private let right: AlignedBuffer<Float>
    /// `rows` rows of `columns` inner products.
    let product: AlignedBuffer<Float>

    /// A product of random vectors.
    convenience init(rows: Int, dimension: Int, columns: Int, threads: Int) {
        var generator = SplitMix64(seed: 1)
        self.init(rows: rows, dimension: dimension, columns: columns, threads: threads) { _ in
            .random(in: -1...1, using: &generator)
        } right: { _ in
            .random(in: -1...1, using: &generator)
        }
    }

    /// A product of given entries, row by row; the right matrix has `columns` rows.
    init(
        rows: Int, dimension: Int, columns: Int, threads: Int, left: (Int) -> Float, right: (Int) -> Float
    ) {
        self.rows = rows
        self.dimension = dimension
        self.columns = columns
        self.threads = threads
        func filled(_ count: Int, _ entry: (Int) -> Float) -> AlignedBuffer<Float> {
            let buffer = AlignedBuffer<Float>(count: count)
            buffer.withUnsafeMutableBufferPointer { for index in $0.indices { $0[index] = entry(index) } }
            return buffer
        }
        self.left = filled(rows * dimension, left)
        self.right = filled(columns * dimension, right)
        product = AlignedBuffer(count: rows * columns)
    }

    var work: Work {
        Work { [self] in
            BLAS.setThreads(threads)
            left.withUnsafeBufferPointer { left in
                right.withUnsafeBufferPointer { right in
                    product.withUnsafeMutableBufferPointer { product in
                        var span = product.mutableSpan
                        BLAS.sgemm(left.span, right.span, into: &span, m: rows, n: columns, k: dimension)
                    }
                }
            }
        }
    }
}
