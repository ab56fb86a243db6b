import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Keeps the memory of freed buffers for others of the same size.
///
/// Results of operations on large polynomials come and go in a few sizes. Memory that the system hands out anew is
/// cleared page by page first, which was measured to cost as much as a product of ciphertexts at n = 2^14.
public final class BufferRecycler: Sendable {
    /// The most bytes that are kept while nobody uses them.
    public let limit: Int
    private let idle = Mutex(Idle())

    private struct Idle {
        var byteCount = 0
        var blocks: [Int: [Block]] = [:]
    }

    /// An address that may cross threads: nobody else has it.
    private struct Block: @unchecked Sendable {
        let address: UnsafeMutableRawPointer
    }

    /// A recycler that keeps up to `limit` bytes.
    public init(limit: Int) { self.limit = limit }

    /// Memory of exactly `byteCount` bytes that was given back, or nil.
    func take(byteCount: Int) -> UnsafeMutableRawPointer? {
        idle.withLock { (idle) -> Block? in
            guard let block = idle.blocks[byteCount]?.popLast() else { return nil }
            idle.byteCount -= byteCount
            return block
        }?.address
    }

    /// Keeps the memory, or frees it when there is enough already.
    func give(_ address: UnsafeMutableRawPointer, byteCount: Int) {
        let block = Block(address: address)
        let isKept = idle.withLock { idle in
            guard idle.byteCount + byteCount <= limit else { return false }
            idle.byteCount += byteCount
            idle.blocks[byteCount, default: []].append(block)
            return true
        }
        if !isKept { free(address) }
    }

    deinit {
        idle.withLock { idle in
            for block in idle.blocks.values.joined() { free(block.address) }
        }
    }
}
