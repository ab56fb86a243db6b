/// An input that cannot be used: one line that names the file, what is wrong, and what would be right.
public struct InputError: Error, Sendable, CustomStringConvertible {
    /// The file or value at fault.
    public let subject: String
    /// What is wrong with it, and what would be right.
    public let problem: String

    /// An error in `subject`.
    public init(_ subject: String, _ problem: String) {
        self.subject = subject
        self.problem = problem
    }

    /// One line that says what is wrong.
    public var description: String { "\(subject): \(problem)" }
}

/// Work that failed through no fault of the input: a full disk, a missing permission.
public struct FileSystemError: Error, Sendable, CustomStringConvertible {
    /// The file at fault.
    public let path: String
    /// What was tried, and the system's reason.
    public let problem: String

    /// One line that says what is wrong.
    public var description: String { "\(path): \(problem)" }
}
