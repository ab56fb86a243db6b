#if Service
    import struct Crypto.SHA256
    import Foundation

    /// What a client shows with every call: `msfhe_`, 16 hexadecimal digits by which it is found, `_`, and 64 that are its
    /// secret, 32 bytes of the system's generator.
    ///
    /// The host shows it once and keeps the SHA-256 of its secret. A slow, salted hash, as passwords need, would add
    /// nothing: nobody can try 2^256 secrets, however fast.
    package struct AccessToken: Sendable, CustomStringConvertible {
        /// The token, for its owner.
        package let text: String
        let prefix: String
        private let secret: String

        static func fresh() -> AccessToken {
            let (prefix, secret) = (randomHexadecimal(byteCount: 8), randomHexadecimal(byteCount: 32))
            return AccessToken(text: "msfhe_\(prefix)_\(secret)", prefix: prefix, secret: secret)
        }

        private init(text: String, prefix: String, secret: String) {
            self.text = text
            self.prefix = prefix
            self.secret = secret
        }

        /// The token written as `text`, or nil when it is none.
        init?(_ text: some StringProtocol) {
            let parts = text.split(separator: "_", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "msfhe", parts[1].utf8.count == 16, parts[2].utf8.count == 64,
                parts.dropFirst().allSatisfy({ $0.utf8.allSatisfy(isLowerCaseHexadecimal) })
            else { return nil }
            self.init(text: String(text), prefix: String(parts[1]), secret: String(parts[2]))
        }

        /// What the host keeps.
        var hash: Data { Data(SHA256.hash(data: Data(secret.utf8))) }

        /// Whether `stored` is the hash of this token, in a time that does not tell where they differ.
        func matches(_ stored: Data) -> Bool {
            let hash = hash
            guard stored.count == hash.count else { return false }
            return zip(stored, hash).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
        }

        /// Says that it is a token, and which, but not its secret.
        package var description: String { "AccessToken(\(prefix)…)" }
    }
#endif
