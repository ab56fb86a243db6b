#if Service
    import Foundation

    /// Somebody who may use the host, by a token.
    package struct Account: Sendable, Hashable {
        /// What others name the account by, to let it into their projects.
        package let id: ObjectID
        /// What the operator calls it. Other accounts are not told.
        package let label: String
        /// When it was made.
        package let created: Date
    }

    /// What an account may do in a project.
    package enum Role: String, Sendable, CaseIterable {
        /// Everything: members, deletion, sharing of libraries, and what collaborators may.
        case owner
        /// Sends data, submits jobs, reads results, deletes what it sent itself.
        case collaborator
        /// Sees what is there and what was done, never the ciphertexts, and changes nothing.
        case auditor

        /// What an operation asks of a role.
        enum Permission {
            /// To see that objects are there, their sizes and states.
            case look
            /// To fetch ciphertexts.
            case fetch
            /// To add objects and jobs.
            case add
            /// To say who may do what, and to delete what others added.
            case administer
        }

        func allows(_ permission: Permission) -> Bool {
            switch (self, permission) {
            case (.owner, _), (_, .look), (.collaborator, .fetch), (.collaborator, .add): true
            case (.collaborator, .administer), (.auditor, _): false
            }
        }
    }

    /// An account in a project.
    package struct Member: Sendable, Hashable {
        package let account: ObjectID
        package let role: Role
    }
#endif
