#if Service
    import Foundation
    import GRDB
    import SpectralSearch
    import Storage

    /// Why the host refuses or cannot do what it was asked for: a reason that programs can tell apart, and one line for
    /// people. Neither names an object of another account, a token, or a path.
    package struct HostError: Error, Hashable, CustomStringConvertible {
        /// The reasons.
        package enum Reason: String, Sendable, CaseIterable {
            /// There is no such object, or the account may not know of it: the two are not told apart.
            case notFound
            /// No valid token came with the call.
            case unauthenticated
            /// The account's role in the project does not allow it.
            case forbidden
            /// The call or its input is wrong.
            case invalid
            /// It does not go with the state that the object is in.
            case conflict
            /// Larger than the host takes.
            case tooLarge
            /// The project has no room left.
            case quotaExceeded
            /// The host's disk has no room left.
            case storageFull
            /// What is stored does not have its digest any more.
            case damaged
            /// The host is about to stop.
            case draining
            /// The host failed through no fault of the call.
            case failed
        }

        /// The reason.
        package let reason: Reason
        /// One line for people.
        package let message: String

        package init(_ reason: Reason, _ message: String) {
            self.reason = reason
            self.message = message
        }

        package var description: String { message }

        /// What is said of anything that is not there, or not for this account.
        static let notFound = HostError(.notFound, "there is no such object, or it is not shared with this account")

        /// The same failure as a reason of ours. Paths of the host stay with the host.
        init(_ error: any Error) {
            switch error {
            case let error as HostError: self = error
            case let error as InputError: self.init(.invalid, error.problem)
            case let error as FileSystemError where [ENOSPC, EDQUOT].contains(error.code): self = .storageFull
            case let error as DatabaseError where error.resultCode == .SQLITE_FULL: self = .storageFull
            case let error as CocoaError where error.code == .fileWriteOutOfSpace: self = .storageFull
            case let error as FileSystemError: self.init(.failed, error.problem)
            default: self.init(.failed, "the host failed: \(type(of: error))")
            }
        }

        static let storageFull = HostError(
            .storageFull, "the host's disk is full; try again later, or tell its operator")
    }
#endif
