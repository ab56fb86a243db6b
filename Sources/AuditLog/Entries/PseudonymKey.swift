import Crypto
import Foundation
import Storage

/// The secret under which the log calls projects and accounts by names of its own. An account has another name in each
/// project, so that entries of different projects say nothing of each other; who holds the secret can tell.
package struct PseudonymKey: Sendable {
    private static let byteCount = 32
    private let key: SymmetricKey

    /// The key in the private file at `path`, or a fresh one that is then there.
    package init(readingOrMaking path: String) throws {
        if !FileManager.default.fileExists(atPath: path) {
            let fresh = SymmetricKey(size: .bits256).withUnsafeBytes { $0.hexadecimal }
            let file = try OutputFile(path: path, isPrivate: true, collision: .refuse)
            try file.write(Data("\(fresh)\n".utf8))
            try file.commit()
        }
        let text = String(decoding: try readWhole(path: path, limit: 1024, isPrivate: true), as: UTF8.self)
        let digits = Array(text.utf8.dropLast())
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
        }
        guard bytes.count == Self.byteCount, "\(bytes.hexadecimal)\n" == text else {
            throw InputError(path, "is not a key for pseudonyms, or is damaged; use a copy")
        }
        key = SymmetricKey(data: bytes)
    }

    /// The names for a project and the accounts in it.
    package func project(_ project: String) -> ProjectPseudonyms {
        ProjectPseudonyms(
            key: SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Data("project \(project)".utf8), using: key)))
    }
}

/// The log's names for a project and the accounts in it. Its key tells nothing of other projects.
package struct ProjectPseudonyms: Sendable {
    fileprivate let key: SymmetricKey

    /// The project's name: 32 hexadecimal digits.
    package var project: String { name("project") }
    /// The name of an account in this project: 32 hexadecimal digits.
    package func account(_ account: String) -> String { name("account \(account)") }

    private func name(_ text: String) -> String {
        HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key).prefix(16).hexadecimal
    }
}
