/// Something that was done on a host, as its log tells of it: without names, tokens and data.
package struct AuditEvent: Sendable, Hashable, Codable {
    /// What was done.
    package enum Kind: String, Sendable, CaseIterable, Codable {
        /// An account was given a role in a project, or lost it.
        case membership
        /// A library was registered.
        case library
        /// Every account of the host may search a library from now on.
        case sharing
        /// Not every account may any more.
        case unsharing
        /// A data set was uploaded.
        case upload
        /// A job was accepted.
        case job
        /// A job was cancelled.
        case cancellation
        /// A job ended with a result.
        case result
        /// A job ended without one.
        case failure
        /// A data set, library or result was read.
        case access
        /// A data set, library or result was deleted.
        case deletion
    }

    /// What was done.
    package var kind: Kind
    /// The project's pseudonym.
    package var project: String?
    /// The pseudonym that the account has in this project.
    package var account: String?
    /// SHA-256 of the data set, library or result it was done to, in hexadecimal.
    package var object: String?
    /// Number of its bytes.
    package var bytes: Int?
    /// The host's name of the data set, library or job.
    package var name: String?
    /// The number by which the host counts its events; it grows from entry to entry.
    package var sequence: Int64?

    package init(
        _ kind: Kind, project: String? = nil, account: String? = nil, object: String? = nil, bytes: Int? = nil,
        name: String? = nil, sequence: Int64? = nil
    ) {
        self.kind = kind
        self.project = project
        self.account = account
        self.object = object
        self.bytes = bytes
        self.name = name
        self.sequence = sequence
    }
}
