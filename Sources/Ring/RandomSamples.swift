/// Samples straight from a numbered stream, expanded piece by piece, so that random words stay in the caches; they
/// are wiped.
extension RandomStream {
    /// Writes `count` uniform residues modulo q, canonical, to `values`.
    ///
    /// Residues are defined by the stream, as files carry seeds in their place: of its 64-bit little-endian words, one
    /// after the other, the low bits, as many as q has; those below q, in this order, until there are `count`. Fewer
    /// than one word in 64 is rejected on average, as q lies that close below a power of two.
    ///
    /// In variable time, by rejection, so for public values only.
    public func fillUniform(
        _ values: UnsafeMutablePointer<UInt64>, count: Int, modulus: Modulus, stream number: UInt64
    ) {
        var found = 0
        var block: UInt64 = 0
        while found < count {
            // Two words a block.
            let blocks = min(pieceByteCount / 16, (count - found + 1) / 2)
            withPiece(16 * blocks, stream: number, fromBlock: block) { words in
                found += acceptResidues(words, modulus, into: values + found, limit: count - found)
            }
            block += UInt64(blocks)
        }
    }

    /// Writes `output.count` uniform ternary values, -1, 0 or 1: those that ``sampleTernary(into:from:backend:)``
    /// makes of the stream's words.
    public func fillTernary(_ output: UnsafeMutableBufferPointer<Int8>, stream number: UInt64, backend: Backend) {
        fill(output, stream: number) { sampleTernary(into: $0, from: $1, backend: backend) }
    }

    /// Writes `output.count` samples of `distribution`: those that ``DiscreteGaussian/sample(into:from:backend:)``
    /// makes of the stream's words.
    public func fillGaussian(
        _ output: UnsafeMutableBufferPointer<Int8>, distribution: DiscreteGaussian, stream number: UInt64,
        backend: Backend
    ) {
        fill(output, stream: number) { distribution.sample(into: $0, from: $1, backend: backend) }
    }

    /// Calls `sample` with one part of `output` after the other and its random words, eight bytes for each value.
    private func fill(
        _ output: UnsafeMutableBufferPointer<Int8>, stream number: UInt64,
        _ sample: (UnsafeMutableBufferPointer<Int8>, UnsafeRawBufferPointer) -> Void
    ) {
        // Kernels read aligned words, and the library's need not be.
        let words = AlignedBuffer<UInt8>(count: min(pieceByteCount, 8 * output.count), lifetime: .wiped)
        for first in stride(from: 0, to: output.count, by: pieceByteCount / 8) {
            let count = min(pieceByteCount / 8, output.count - first)
            withPiece(8 * count, stream: number, fromBlock: UInt64(first / 2)) { piece in
                words.withUnsafeMutableBufferPointer { words in
                    let words = UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(words)[..<(8 * count)])
                    words.copyMemory(from: piece)
                    sample(
                        UnsafeMutableBufferPointer(rebasing: output[first..<first + count]),
                        UnsafeRawBufferPointer(words))
                }
            }
        }
    }
}

/// Writes the residues that `words` hold, up to `limit` of them, to `values`.
///
/// - Returns: how many there are.
private func acceptResidues(
    _ words: UnsafeRawBufferPointer, _ modulus: Modulus, into values: UnsafeMutablePointer<UInt64>, limit: Int
) -> Int {
    let mask = UInt64.max >> UInt64(64 - modulus.bits)
    let q = modulus.value
    let wordCount = words.count / 8
    let base = words.baseAddress!
    func residue(_ index: Int) -> UInt64 {
        UInt64(littleEndian: base.loadUnaligned(fromByteOffset: 8 &* index, as: UInt64.self)) & mask
    }
    let run = 32
    var (read, found) = (0, 0)
    // Run by run, without a branch for each word while no run has one that is rejected.
    while read + run <= wordCount, found + run <= limit {
        let accepted = values + found
        var signs: UInt64 = 0
        for index in 0..<run {
            let candidate = residue(read &+ index)
            accepted[index] = candidate
            signs |= (q &- 1) &- candidate
        }
        if signs >> 63 == 0 {
            found += run
        } else {
            var kept = 0
            for index in 0..<run {
                let candidate = accepted[index]
                accepted[kept] = candidate
                kept &+= candidate < q ? 1 : 0
            }
            found += kept
        }
        read += run
    }
    while read < wordCount, found < limit {
        let candidate = residue(read)
        read += 1
        guard candidate < q else { continue }
        values[found] = candidate
        found += 1
    }
    return found
}
