import COpenBLAS

/// The few calls of OpenBLAS on which the plaintext twin of every encrypted result rests.
public enum BLAS {
    /// Sets how many threads later calls use.
    ///
    /// - Parameter count: At least 1. OpenBLAS caps it at the number it was built for.
    public static func setThreads(_ count: Int) {
        precondition(count >= 1, "BLAS needs at least one thread, not \(count)")
        openblas_set_num_threads(Int32(clamping: count))
    }

    /// The core type whose kernels OpenBLAS chose when it was loaded, such as `SkylakeX`.
    public static var coreName: String {
        openblas_get_corename().map { String(cString: $0) } ?? "unknown"
    }

    /// Writes every inner product of a row of `a` and a row of `b`: `c = a bᵀ`, in single precision.
    ///
    /// All matrices are row-major and dense. The product costs `2 m n k` floating-point operations.
    ///
    /// - Parameters:
    ///   - a: `m` rows of `k` numbers.
    ///   - b: `n` rows of `k` numbers.
    ///   - c: `m` rows of `n` numbers, overwritten.
    public static func sgemm(
        _ a: Span<Float>, _ b: Span<Float>, into c: inout MutableSpan<Float>, m: Int, n: Int, k: Int
    ) {
        for size in [m, n, k] {
            precondition((0...Int(Int32.max)).contains(size), "a matrix cannot have \(size) rows or columns")
        }
        precondition(a.count == m * k, "a holds \(a.count) numbers instead of \(m) x \(k)")
        precondition(b.count == n * k, "b holds \(b.count) numbers instead of \(n) x \(k)")
        precondition(c.count == m * n, "c holds \(c.count) numbers instead of \(m) x \(n)")
        guard m > 0, n > 0 else { return }
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                c.withUnsafeMutableBufferPointer { c in
                    // BLAS wants a leading dimension of at least 1 even where there is nothing to read.
                    let stride = Int32(max(k, 1))
                    cblas_sgemm(
                        CblasRowMajor, CblasNoTrans, CblasTrans, Int32(m), Int32(n), Int32(k),
                        1, a.baseAddress, stride, b.baseAddress, stride, 0, c.baseAddress, Int32(n))
                }
            }
        }
    }
}
