#if Service
    import Foundation

    /// Everything that one account may see and do, and the only way to the objects of a host: each method checks that the
    /// account is a member of the object's project, and what its role there allows.
    ///
    /// Of an object of a project that the account is no member of, each says what it says of one that does not exist
    /// (``HostError`` with the reason `notFound`). Members whose role does not allow something are told so (`forbidden`).
    package struct Access: Sendable {
        let core: HostCore
        /// The account.
        package let account: Account

        var id: ObjectID { account.id }

        // MARK: Projects

        /// A new project, which the account owns.
        ///
        /// - Parameter annotation: what the client encrypted of its title and notes.
        package func createProject(annotation: Data = Data()) async throws(HostError) -> Project {
            try requireAnnotation(annotation)
            return try await core.perform { [self] in
                try core.database.write { database in
                    guard try database.projectCount(madeBy: id) < core.settings.accountProjectLimit else {
                        throw HostError(
                            .quotaExceeded,
                            "the account has made \(core.settings.accountProjectLimit) projects, which is the limit")
                    }
                    let project = ObjectID.fresh()
                    try database.insertProject(
                        project, annotation: annotation, owner: id, at: core.clock.milliseconds)
                    guard let made = try database.project(project, for: id) else { throw HostError.notFound }
                    return made
                }
            }
        }

        /// Projects that the account is a member of, oldest first.
        ///
        /// - Parameter earlier: the last one of the page before.
        package func projects(after earlier: ObjectID? = nil, limit: Int = .max) async throws(HostError) -> [Project] {
            try await core.perform { [self] in
                try core.database.read { try $0.projects(of: id, after: earlier, limit: limit) }
            }
        }

        /// A project.
        package func project(_ project: ObjectID) async throws(HostError) -> Project {
            try await core.perform { [self] in
                try core.database.read { database in
                    guard let project = try database.project(project, for: id) else { throw HostError.notFound }
                    return project
                }
            }
        }

        /// Replaces what the client encrypted of a project's title and notes.
        package func annotate(project: ObjectID, _ annotation: Data) async throws(HostError) {
            try requireAnnotation(annotation)
            try await core.perform { [self] in
                try core.database.write { database in
                    try database.require(.administer, in: project, for: id)
                    try database.updateProject(project, annotation: annotation)
                }
            }
        }

        /// Members of a project.
        ///
        /// - Parameter earlier: the last one of the page before.
        package func members(
            of project: ObjectID, after earlier: ObjectID? = nil, limit: Int = .max
        ) async throws(HostError) -> [Member] {
            try await core.perform { [self] in
                try core.database.read { database in
                    try database.require(.look, in: project, for: id)
                    return try database.members(of: project, after: earlier, limit: limit)
                }
            }
        }

        /// Lets an account into a project, or changes what it may do there; nil shuts it out. For owners; there is always
        /// one.
        package func setRole(
            _ role: Role?, of member: ObjectID, in project: ObjectID
        ) async throws(HostError) {
            try await core.perform { [self] in
                try core.database.write { database in
                    try database.require(.administer, in: project, for: id)
                    guard try database.account(member) != nil else { throw HostError.notFound }
                    if let role {
                        try database.setRole(role, of: member, in: project)
                    } else {
                        try database.removeMember(member, of: project)
                    }
                    try database.note(.membership, of: member, in: project, by: id, at: core.clock.milliseconds)
                    guard try database.members(of: project).contains(where: { $0.role == .owner }) else {
                        throw HostError(.conflict, "a project keeps an owner; name another one first")
                    }
                }
            }
        }

        func requireAnnotation(_ annotation: Data) throws(HostError) {
            let limit = core.settings.annotationByteLimit
            guard annotation.count <= limit else {
                throw HostError(.tooLarge, "an annotation has at most \(limit) bytes, not \(annotation.count)")
            }
        }
    }
#endif
