#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What happens to the bytes of a buffer when it is freed.
public enum BufferLifetime: Sendable {
    /// Nothing: the contents are public.
    case ordinary
    /// The bytes are overwritten first: the buffer held a secret.
    case wiped
}

/// A fixed number of elements at a 64-byte aligned address, as the kernels require.
///
/// Buffers of a huge page or more ask the system for huge pages: reading 4 KB pages from memory was measured
/// 1.3 to 2 times slower.
///
/// The class is `Sendable` because ownership of its parts is a matter of the algorithm, not of the type: work
/// spread by ``parallelFor(_:threads:body:)`` writes to disjoint parts only.
public final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
    /// Number of elements.
    public let count: Int
    private let base: UnsafeMutableRawPointer
    private let byteCount: Int
    private let lifetime: BufferLifetime
    private let recycler: BufferRecycler?

    private static var hugePage: Int { 2 << 20 }

    /// A buffer of `count` zeros.
    public convenience init(count: Int, lifetime: BufferLifetime = .ordinary) {
        self.init(uninitialized: count, lifetime: lifetime)
        memset(base, 0, byteCount)
    }

    /// A buffer of `count` elements that are all written before they are read: clearing it first would cost as much
    /// as an addition of polynomials. With a `recycler`, its memory comes from there and goes back there.
    package init(
        uninitialized count: Int, lifetime: BufferLifetime = .ordinary, recycler: BufferRecycler? = nil
    ) {
        self.count = count
        self.lifetime = lifetime
        self.recycler = recycler
        byteCount = max(count * MemoryLayout<Element>.stride, 64)
        base = recycler?.take(byteCount: byteCount) ?? Self.allocate(byteCount)
    }

    private static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
        let isLarge = byteCount >= hugePage
        var pointer: UnsafeMutableRawPointer?
        let status = posix_memalign(&pointer, isLarge ? hugePage : 64, byteCount)
        guard status == 0, let pointer else {
            fatalError("out of memory: a buffer of \(byteCount) bytes could not be allocated")
        }
        #if os(Linux)
            if isLarge { madvise(pointer, byteCount, Int32(MADV_HUGEPAGE)) }
        #endif
        return pointer
    }

    deinit {
        if lifetime == .wiped { wipe(base, byteCount) }
        if let recycler { recycler.give(base, byteCount: byteCount) } else { free(base) }
    }

    /// Calls `body` with the elements; the pointer must not outlive the call.
    public func withUnsafeMutableBufferPointer<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeMutableBufferPointer<Element>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeMutableBufferPointer(start: base.assumingMemoryBound(to: Element.self), count: count))
    }

    /// Calls `body` with the elements, for reading; the pointer must not outlive the call.
    public func withUnsafeBufferPointer<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeBufferPointer<Element>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeBufferPointer(start: base.assumingMemoryBound(to: Element.self), count: count))
    }

    /// The address of the first element, for handing parts of the buffer to kernels on several cores while the
    /// buffer itself is kept alive by the caller.
    package var unsafeBase: UnsafeMutablePointer<Element> { base.assumingMemoryBound(to: Element.self) }
}

/// Overwrites `count` bytes with zeros in a way that the optimiser keeps.
package func wipe(_ pointer: UnsafeMutableRawPointer, _ count: Int) {
    #if os(Linux)
        explicit_bzero(pointer, count)
    #else
        memset_s(pointer, count, 0, count)
    #endif
}

extension Array where Element: BitwiseCopyable {
    /// Overwrites the elements with zeros, if the array does not share them: for secrets that had to be in an array.
    package mutating func wipeElements() {
        withUnsafeMutableBytes { bytes in
            if let base = bytes.baseAddress { wipe(base, bytes.count) }
        }
    }
}
