#if Service
    import Foundation
    import SpectralSearch

    /// Something that was done to an object or with it: for an audit log, which is told in the order of what happened.
    ///
    /// It is written down in the transaction that does it, so neither is there without the other; whoever keeps the log
    /// takes it over from here (``SearchHost/events(after:limit:)``).
    package struct HostEvent: Sendable, Hashable {
        /// What was done.
        package enum Kind: String, Sendable, CaseIterable {
            /// A data set was sent.
            case upload
            /// A library was added.
            case library
            /// Every account may search a library from now on.
            case sharing
            /// Not every account may any more.
            case unsharing
            /// A job was accepted.
            case job
            /// A job succeeded.
            case result
            /// A job failed.
            case failure
            /// A job was cancelled.
            case cancellation
            /// An object was deleted.
            case deletion
            /// Bytes were fetched.
            case access
            /// Somebody was let into a project or shut out, or has another role.
            case membership
        }

        /// Grows from event to event; never used twice.
        package let sequence: Int64
        package let time: Date
        package let kind: Kind
        /// The project of the object.
        package let project: ObjectID
        /// Who did it; nil for what the host did.
        package let account: ObjectID?
        /// What it was done to: a data set, library, job, or, of memberships, an account.
        package let object: ObjectID
        /// SHA-256 of the bytes that it is about.
        package let sha256: Digest?
        /// How many bytes those are.
        package let byteCount: Int?
    }
#endif
