import Crypto
import Foundation
import RLWE
import Ring
import Storage

/// Makes the secret fingerprint by which a researcher checks that a host computes with this library and no other.
///
/// For whoever holds the library and is trusted with it; never for the host that will be checked.
public struct LibraryFingerprint: Sendable {
    /// Size of the file.
    public let byteCount: Int
    /// A wrong score passes only if it is off by no more than this: the largest such bound of all library spectra. For
    /// rows of ordinary scale it is about 0.0004.
    public let resolution: Double

    /// Writes a fingerprint, of vectors drawn afresh, of the library in `folder` to `path`: mode 0600, never overwritten.
    ///
    /// - Parameter progress: called now and then with the number of library rows done.
    /// - Throws: ``InputError`` when the library is damaged, when its answers cannot be verified, or when the file
    ///   exists.
    ///
    /// Costs 51 additions for each four entries of the library; 61 KB for each 1,024 rows of 512 entries.
    public init(library folder: String, output path: String, threads: Int, progress: (Int) -> Void = { _ in }) throws {
        let library = try SpectralLibrary(folder: folder)
        let (card, index) = (library.card, library.index)
        try card.requireVerifiableAnswers(
            path: URL(fileURLWithPath: folder).appendingPathComponent(SpectralLibrary.FileName.card).path)
        let layout = FingerprintLayout(rowCount: index.rowCount, dimension: index.dimension)
        let seed = SymmetricKey(size: .bits256)
        let vectors = FingerprintVectors(seed: seed, layout: layout)

        let file = try SealedFile(path: path, isPrivate: true, collision: .refuse)
        try file.write(seed.withUnsafeBytes { layout.header(card: card, seed: $0) })
        var coarsest = 0.0
        for first in stride(from: 0, to: layout.blockCount, by: threads) {
            let blocks = Array(first..<min(first + threads, layout.blockCount))
            let rows = layout.rows(blocks[0]).lowerBound..<layout.rows(blocks[blocks.count - 1]).upperBound
            let contents = try index.withRows(rows) { entries in
                nonisolated(unsafe) let entries = entries
                return parallelMap(blocks, threads: threads) { block in
                    let range = layout.rows(block)
                    let start = (range.lowerBound - rows.lowerBound) * layout.dimension
                    return FingerprintBlock(
                        rows: UnsafeBufferPointer(
                            rebasing: entries[start..<start + range.count * layout.dimension]),
                        choices: vectors.choices(block), dimension: layout.dimension)
                }
            }
            for (block, content) in zip(blocks, contents) {
                try file.write(content.encoded)
                let scale = library.entries[layout.rows(block)].lazy.map(\.scale).min() ?? 1
                coarsest = max(coarsest, Self.resolution(of: content, rowScale: scale, card: card))
            }
            progress(rows.upperBound)
        }
        try file.sealAndCommit()
        byteCount = layout.contentCount + Digest.byteCount
        resolution = coarsest
    }

    /// Twice the block's largest tolerance, as a score of a row of scale `rowScale`.
    private static func resolution(of block: FingerprintBlock, rowScale: Double, card: LibraryCard) -> Double {
        let tolerance = block.weights.map(card.content.precision.bodyRounding.tolerance).max() ?? 0
        return 2 * tolerance / (Double(card.content.scaling.queryScale) * rowScale)
    }
}

/// The secret binary vectors of a fingerprint, expanded from its seed: five bytes for each row, of which bit k says
/// whether vector k chooses the row; a stream of its own for each block.
struct FingerprintVectors: Sendable {
    private let stream: RandomStream
    private let layout: FingerprintLayout

    init(seed: SymmetricKey, layout: FingerprintLayout) {
        stream = RandomStream(seed: seed, label: "fingerprint")
        self.layout = layout
    }

    /// Which rows of a block its vectors choose.
    func choices(_ block: Int) -> RowChoices {
        let rowCount = layout.rows(block).count
        return stream.withBytes(FingerprintLayout.vectorCount / 8 * rowCount, stream: UInt64(block)) {
            RowChoices(bits: $0, setCount: FingerprintLayout.vectorCount, rowCount: rowCount)
        }
    }
}

extension LibraryCard {
    /// Checks that answers of this library can be verified: their masks travel whole.
    ///
    /// - Parameter path: the card's file, for the message.
    func requireVerifiableAnswers(path: String) throws(InputError) {
        try require(.batch, path: path)
        guard content.precision.maskBits == parameters.logModulus else {
            throw InputError(
                path,
                "this library's answers cannot be verified: their masks are cut to \(content.precision.maskBits) bits of \(parameters.logModulus); build it with --preset verified, which keeps them whole"
            )
        }
    }
}

extension WirePrecision {
    /// How the bodies of an answer are rounded.
    var bodyRounding: AnswerRounding { AnswerRounding(from: uploadBits, to: bodyBits) }
}
