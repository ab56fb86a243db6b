import CKKS
import Foundation
import RLWE
import Storage

extension RotationKeys {
    /// Whether these are keys of `key`.
    public func belong(to key: SecretKey) -> Bool {
        RunNonce(recorded: nonce).map { key.check(nonce: $0, seed: nil) == check } ?? false
    }

    /// Makes the rotation keys of `key` for libraries of `scheme` and writes them to `path`. For 512 columns 70 keys,
    /// 3.5 MB.
    ///
    /// - Throws: ``InputError`` when the file exists.
    public static func create(path: String, key: SecretKey, scheme: InteractiveScheme, threads: Int) throws {
        let file = try SealedFile(path: path, collision: .refuse)
        let nonce = RunNonce.fresh()
        try file.write(header(nonce: nonce.bytes, check: key.check(nonce: nonce, seed: nil), scheme: scheme))
        var generator = KeyGenerator(parameters: scheme.parameters, key: key)
        generator.threads = threads
        let keys = try generator.evaluationKeys(
            relinearization: false, rotations: scheme.layout(rowCount: 1).rotations)
        try keys.write { (bytes: UnsafeRawBufferPointer) throws(any Error) in try file.write(bytes) }
        try file.sealAndCommit()
    }
}
