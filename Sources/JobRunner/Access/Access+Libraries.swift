#if Service
    import Foundation
    import SpectralSearch

    extension Access {
        /// Libraries that the account may search, those of its projects and those shared with everyone, by their names.
        ///
        /// - Parameter earlier: the last one of the page before.
        package func libraries(
            after earlier: ObjectID? = nil, limit: Int = .max
        ) async throws(HostError) -> [HostedLibrary] {
            try await core.perform { [self] in
                try core.database.read { try $0.libraries(for: id, after: earlier, limit: limit) }
            }
        }

        /// A library.
        package func library(_ library: ObjectID) async throws(HostError) -> HostedLibrary {
            try await core.perform { [self] in try Libraries(host: core).visible(library, account: id) }
        }

        /// Makes a library of uploads that are complete: the files of a library's folder by their names. For owners.
        ///
        /// - Throws: ``HostError`` with the reason `invalid` when they are not a whole library.
        package func createLibrary(
            name: String, project: ObjectID, uploads: [String: ObjectID], isShared: Bool = false
        ) async throws(HostError) -> HostedLibrary {
            if isShared { try requireSharingAllowed() }
            return try await core.perform(on: HostThreads.libraries) { [self] in
                try Libraries(host: core).add(
                    uploads: uploads, name: name, project: project, owner: id, isShared: isShared)
            }
        }

        /// What researchers need of a library: its card, entries, or masks.
        package func readLibraryFile(_ name: String, of library: ObjectID) async throws(HostError) -> StoredFile {
            try await core.perform(on: HostThreads.files) { [self] in
                try Libraries(host: core).openForResearchers(name, of: library, account: id)
            }
        }

        /// Says whether every account of the host may search a library. For owners; sharing only where the host leaves that
        /// to them.
        package func share(_ isShared: Bool, library: ObjectID) async throws(HostError) {
            try await core.perform { [self] in
                try core.database.write { database in
                    guard let library = try database.library(library, for: id) else { throw HostError.notFound }
                    try requireOwnership(of: library, database.role(in: library.project, of: id))
                    if isShared, !library.isShared { try requireSharingAllowed() }
                    try core.share(isShared, library, by: id, database)
                }
            }
        }

        /// A library that everybody sees is named among everybody's: that is the operator's to decide.
        private func requireSharingAllowed() throws(HostError) {
            guard core.settings.ownersMayShareLibraries else {
                throw HostError(
                    .forbidden, "on this host its operator alone shares libraries with all accounts; ask them to")
            }
        }

        /// Deletes a library: leaves a tombstone and removes the bytes. For owners.
        ///
        /// - Throws: ``HostError`` with the reason `conflict` while jobs need it.
        package func deleteLibrary(_ library: ObjectID) async throws(HostError) {
            try await core.perform { [self] in
                try core.deleteLibrary(library, by: id) { database in
                    guard let library = try database.library(library, for: id) else { throw HostError.notFound }
                    try requireOwnership(of: library, database.role(in: library.project, of: id))
                    return library
                }
            }
        }

        /// A shared library is seen by accounts that are no members of its project: it exists for them, and is not theirs.
        private func requireOwnership(of library: HostedLibrary, _ role: Role?) throws(HostError) {
            guard role == .owner else {
                throw HostError(.forbidden, "only an owner of the library's project may do this")
            }
        }
    }
#endif
