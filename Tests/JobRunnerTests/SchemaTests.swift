#if Service
    import Foundation
    import GRDB
    import SpectralSearch
    import TestSupport
    import Testing

    @testable import JobRunner

    /// Databases of every released version become what this version makes.
    struct SchemaTests {
        /// Dumps of released versions, as `sqlite3 host.sqlite .dump` writes them; the file's name is the version's.
        private static let dumps = SharedDatasets.package.appending(path: "Tests/JobRunnerTests/Schemas")

        private static var versions: [String] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: dumps.path)) ?? []
            return names.map { String($0.dropLast(".sql".count)) }.sorted()
        }

        /// A database as version `version` left it.
        private func released(_ version: String, in folder: TemporaryFolder) throws -> String {
            let path = folder("\(version).sqlite")
            let dump = try String(contentsOf: Self.dumps.appending(path: "\(version).sql"), encoding: .utf8)
            // A dump has its tables by name, not before the ones that refer to them.
            var configuration = Configuration()
            configuration.foreignKeysEnabled = false
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.inDatabase { database in
                // The dump brings its own transaction.
                try database.execute(sql: dump)
            }
            try queue.close()
            return path
        }

        private func schema(_ path: String) throws -> [String] {
            try DatabaseQueue(path: path).read {
                try String.fetchAll(
                    $0, sql: "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master"
                )
                .sorted()
            }
        }

        @Test(arguments: SchemaTests.versions) func releasedDatabasesAreMigrated(version: String) throws {
            let folder = try TemporaryFolder()
            let old = try released(version, in: folder)
            let migrated = try HostDatabase(path: old)
            let account = try #require(try migrated.read { try $0.account(label: "researcher") })
            let project = try #require(
                try migrated.read { try $0.projects(of: account.id, after: nil, limit: 10) }.first)
            #expect(project.role == .owner)
            #expect(
                try migrated.read { try $0.datasets(in: project.id, after: nil, limit: 10) }.map(\.kind) == [.batch])
            let jobs = try migrated.read { try $0.jobs(in: project.id, before: .max, limit: 10) }
            #expect(jobs.map(\.state) == [.queued, .succeeded])
            #expect(
                try migrated.read { try $0.libraries(for: account.id, after: nil, limit: 10) }.map(\.name) == [
                    "peptides"
                ])
            try migrated.close()

            try HostDatabase(path: folder("new.sqlite")).close()
            #expect(try schema(old) == schema(folder("new.sqlite")))
        }

        /// What was released does not change any more: a migration of that version still makes what its dump holds.
        @Test(arguments: SchemaTests.versions) func releasedMigrationsDoNotChange(version: String) throws {
            let folder = try TemporaryFolder()
            let queue = try DatabaseQueue(path: folder("made.sqlite"))
            try Schema.migrator.migrate(queue, upTo: version)
            try queue.close()
            #expect(try schema(released(version, in: folder)) == schema(folder("made.sqlite")))
        }

        @Test func everyVersionHasItsDump() {
            #expect(Self.versions == Schema.migrator.migrations.sorted())
        }

        @Test func databasesOfNewerProgramsAreRefused() throws {
            let folder = try TemporaryFolder()
            try HostDatabase(path: folder("host.sqlite")).close()
            let queue = try DatabaseQueue(path: folder("host.sqlite"))
            try queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('later')") }
            try queue.close()
            #expect(throws: HostError.self) { try HostDatabase(path: folder("host.sqlite")) }
        }
    }
#endif
