import Foundation

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
    /// The number (`errno`) of that reason.
    public let code: Int32

    /// The failure of `path` that the number `code` tells of.
    ///
    /// - Parameter problem: what was tried, as "cannot be written".
    public init(path: String, doing problem: String, code: Int32 = errno) {
        self.path = path
        self.problem = "\(problem): \(String(cString: strerror(code)))"
        self.code = code
    }

    /// One line that says what is wrong.
    public var description: String { "\(path): \(problem)" }
}

/// What it is that the file at `path` cannot be opened or put in place: the system's trouble (no room, too many open files, a broken disk), or
/// a path that somebody named wrong.
func systemFailure(_ path: String, doing problem: String) -> any Error {
    let code = errno
    let error = FileSystemError(path: path, doing: problem, code: code)
    let isTheSystems = [ENOSPC, EDQUOT, EMFILE, ENFILE, EIO, ENOMEM].contains(code)
    return isTheSystems ? error : InputError(path, error.problem)
}
