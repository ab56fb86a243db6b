#if Service
    import Foundation
    import SpectralSearch

    /// What belongs together and is shared together: data sets, libraries, jobs, and the accounts that may see them.
    package struct Project: Sendable, Hashable {
        package let id: ObjectID
        /// What the account that asks may do in it.
        package let role: Role
        /// What the client encrypted of its title and notes; the host cannot read it.
        package let annotation: Data
        package let created: Date
        /// Bytes of everything in it, and of what was announced.
        package let byteCount: Int
    }

    /// Queries or rotation keys that a researcher sent.
    package struct Dataset: Sendable, Hashable {
        /// What is in it.
        package enum Kind: String, Sendable, CaseIterable {
            /// Queries of batch search.
            case batch
            /// Queries of interactive search.
            case interactive
            /// A researcher's rotation keys.
            case rotationKeys
        }

        package let id: ObjectID
        package let project: ObjectID
        /// Who sent it.
        package let account: ObjectID
        package let kind: Kind
        /// SHA-256 of its bytes.
        package let sha256: Digest
        package let byteCount: Int
        /// The digest that ends the file; of rotation keys, what queries name them by.
        package let seal: Digest
        /// Of queries, the digest of the card that they were encrypted for.
        package let card: Digest?
        /// Of interactive queries, the digest that ends their rotation keys.
        package let keysSeal: Digest?
        /// Number of queries; 0 for rotation keys.
        package let queryCount: Int
        /// What the client encrypted of its title, tags and notes; the host cannot read it.
        package let annotation: Data
        package let created: Date
    }

    /// A library that the host searches.
    package struct HostedLibrary: Sendable, Hashable {
        package let id: ObjectID
        /// The project whose owner put it there.
        package let project: ObjectID
        /// What researchers call it. Not encrypted: it is for those who search it.
        package let name: String
        /// Digest of its card.
        package let card: Digest
        /// The similarity that it is searched by.
        package let score: String
        /// How it can be searched.
        package let modes: [SearchMode]
        /// Number of spectra.
        package let spectrumCount: Int
        /// Whether every account of the host may search it.
        package let isShared: Bool
        /// Bytes of all its files.
        package let byteCount: Int
        package let created: Date
    }

    /// A file that is being sent, piece by piece.
    package struct UploadState: Sendable, Hashable {
        package let id: ObjectID
        package let project: ObjectID
        /// Who sends it, and alone may go on.
        package let account: ObjectID
        /// How many bytes it will have.
        package let byteCount: Int
        /// The SHA-256 that it will have.
        package let sha256: Digest
        /// How many of its bytes are on the host's disk: from there it goes on.
        package let received: Int
    }
#endif
