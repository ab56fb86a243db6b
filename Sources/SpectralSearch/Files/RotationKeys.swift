import CKKS
import Crypto
import Foundation
import Ring
import Storage

/// A researcher's rotation keys as they travel to the host, once for all interactive queries to libraries of one shape.
/// They let nobody decrypt.
///
/// File: `MSFHE-R1`, a nonce (32 bytes), a check by which the researcher's key is recognised (16), the number of
/// columns and of baby steps (4 each), the evaluation keys as docs/ckks-wire-format.md says, then the SHA-256.
public struct RotationKeys: Sendable {
    /// The keys, ready for products.
    package let keys: TallMatrixKeys
    /// The digest that ends the file, which uploads name.
    public let digest: Digest
    /// Number of bytes of the file.
    public let byteCount: Int
    /// 32 bytes by which the file's check differs from that of every other.
    let nonce: Data
    /// 16 bytes by which the researcher's key is recognised.
    let check: Data

    private static let (nonceByteCount, checkByteCount) = (32, 16)
    private static let headerCount = 8 + nonceByteCount + checkByteCount + 8

    /// Reads the keys at `path` and checks that they serve `scheme`.
    ///
    /// - Throws: ``InputError`` when the file is damaged, or for libraries of another shape.
    public init(path: String, scheme: InteractiveScheme) throws {
        let layout = scheme.layout(rowCount: 1)
        var header = HeaderReader([], skipping: 0)
        let file = try InputFile(path: path, kind: .rotationKeys, headerCount: Self.headerCount) {
            header = $0
            var shape = $0
            _ = shape.bytes(Self.nonceByteCount + Self.checkByteCount)
            guard shape.integer(UInt32.self) == layout.columnCount, shape.integer(UInt32.self) == layout.babySteps
            else {
                throw InputError(
                    path,
                    "holds keys for libraries of another shape than \(layout.columnCount) columns: make others, under another name"
                )
            }
            return Self.byteCount(scheme) - Digest.byteCount
        }
        nonce = Data(header.bytes(Self.nonceByteCount))
        check = Data(header.bytes(Self.checkByteCount))
        do {
            let keys = try EvaluationKeys(
                from: file.source(from: Self.headerCount), parameters: scheme.parameters)
            self.keys = try TallMatrixKeys(keys, layout: layout)
        } catch let error as WireError {
            throw InputError(path, "\(error)")
        } catch let error as KeyError {
            throw InputError(path, "\(error)")
        }
        digest = file.digest
        byteCount = file.contentCount + Digest.byteCount
    }
}

extension RotationKeys {
    /// Bytes of a file of keys for libraries of `scheme`.
    static func byteCount(_ scheme: InteractiveScheme) -> Int {
        headerCount + Digest.byteCount
            + EvaluationKeys.serializedByteCount(
                keyCount: scheme.layout(rowCount: 1).rotations.count, parameters: scheme.parameters)
    }

    /// What stands before the keys.
    static func header(nonce: Data, check: Data, scheme: InteractiveScheme) -> [UInt8] {
        precondition(nonce.count == nonceByteCount && check.count == checkByteCount, "a nonce and its check")
        var header = FileKind.rotationKeys.opening + nonce + check
        for number in [scheme.columnCount, scheme.babySteps] { header.append(littleEndian: UInt32(number)) }
        return header
    }
}

extension InputFile {
    /// The content from `offset` on, as objects of CKKS read it.
    func source(from offset: Int) -> WireSource {
        var position = offset
        return { [self] buffer in
            let count = min(buffer.count, contentCount - position)
            try read(at: position, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
            position += count
            return count
        }
    }
}
