import Foundation
import Storage

/// What a file that came from a researcher says of itself, before any library is at hand: its kind, and the digests
/// that it names.
///
/// Its SHA-256 is checked; its ciphertexts and keys are when a search reads them.
public struct ReceivedFile: Sendable, Hashable {
    /// What is in the file.
    public enum Content: Sendable, Hashable {
        /// Queries of batch search, for the library of `card`.
        case batchQueries(card: Digest, queryCount: Int)
        /// Queries of interactive search, for the library of `card`, and the digest that ends their rotation keys.
        case interactiveQueries(card: Digest, keys: Digest, queryCount: Int)
        /// A researcher's rotation keys.
        case rotationKeys
    }

    /// What is in the file.
    public let content: Content
    /// The digest that ends the file, by which other files name it.
    public let digest: Digest

    /// What the file at `path` says of itself.
    ///
    /// - Throws: ``InputError`` when it is neither an upload nor rotation keys, or is damaged.
    public init(path: String) throws {
        var content: Content?
        let kind = try Self.kind(path: path)
        let file = try InputFile(path: path, kind: kind, headerCount: Self.headerCount) { header in
            content = Self.content(kind, header)
            return nil
        }
        guard let content else { throw InputError(path, "announces no query, or more than an upload may hold") }
        self.content = content
        digest = file.digest
    }

    /// Checks that what begins with `bytes` is no researcher's key: whoever sends one by mistake is told at once, and
    /// nothing of it is to be kept.
    public static func requireNoSecret(beginning bytes: some Collection<UInt8>, path: String) throws(InputError) {
        if bytes.starts(with: FileKind.secretKey.opening) { try FileKind.upload.require(beginning: bytes, path: path) }
    }

    private static let headerCount = 8 + 2 * Digest.byteCount + 8

    private static func kind(path: String) throws -> FileKind {
        let (descriptor, _) = try openRegularFile(path)
        defer { close(descriptor) }
        var opening = [UInt8](repeating: 0, count: 64)
        let length = max(0, opening.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) })
        let begun = opening.prefix(length)
        for kind in [FileKind.interactiveUpload, .rotationKeys] where begun.starts(with: kind.opening) { return kind }
        try FileKind.upload.require(beginning: begun, path: path)
        return .upload
    }

    private static func content(_ kind: FileKind, _ header: HeaderReader) -> Content? {
        var header = header
        guard kind != .rotationKeys else { return .rotationKeys }
        let card = Digest(bytes: header.bytes(Digest.byteCount))
        let second = Digest(bytes: header.bytes(Digest.byteCount))
        guard let card, let second else { return nil }
        if kind == .interactiveUpload {
            let queryCount = Int(header.integer(UInt32.self))
            guard (1...InteractiveUpload.maximumQueryCount).contains(queryCount) else { return nil }
            return .interactiveQueries(card: card, keys: second, queryCount: queryCount)
        }
        _ = header.integer(UInt32.self)
        let queryCount = Int(header.integer(UInt32.self))
        guard (1...Upload.maximumQueryCount).contains(queryCount) else { return nil }
        return .batchQueries(card: card, queryCount: queryCount)
    }
}

extension SearchMode {
    /// Bytes of the answer to `queryCount` queries against the library of `card`, which is laid out for this mode; at most
    /// so many where the queries disclose windows.
    public func answerByteCount(card: LibraryCard, queryCount: Int) -> Int {
        let rowCount = card.content.library.spectra
        switch self {
        case .batch:
            let recordByteCount = AnswerLayout(card: card, queryCount: queryCount).answeredByteCount
            return AnswerLayout.headerCount + rowCount * recordByteCount + Digest.byteCount
        case .interactive:
            let scheme = InteractiveScheme(card: card)
            let blocks = 0..<scheme.layout(rowCount: rowCount).blockCount
            let layout = InteractiveAnswerLayout(
                scheme: scheme, blocks: [Range<Int>](repeating: blocks, count: queryCount))
            return layout.contentCount + Digest.byteCount
        }
    }
}
