#if Service
    import Foundation
    import GRDB
    import SpectralSearch

    /// The host's database: SQLite with a write-ahead log, so that readers do not wait for writers. All SQL stands in this
    /// folder.
    ///
    /// A committed transaction is on the disk (`synchronous` is `FULL`): a job that was accepted survives loss of power.
    final class HostDatabase: Sendable {
        private let pool: DatabasePool

        /// Opens the database at `path`, or makes it, and brings its tables up to date.
        ///
        /// - Throws: ``HostError`` when a newer program made it.
        init(path: String) throws {
            var configuration = Configuration()
            configuration.busyMode = .timeout(30)
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            pool = try DatabasePool(path: path, configuration: configuration)
            guard try !pool.read(Schema.migrator.hasBeenSuperseded) else {
                throw HostError(.failed, "the database was made by a newer version of this program; install that one")
            }
            try Schema.migrator.migrate(pool)
        }

        /// Calls `body` in a transaction that takes effect as a whole or not at all; one writes at a time.
        func write<Result>(_ body: (Database) throws -> Result) throws(HostError) -> Result {
            do { return try pool.write(body) } catch { throw HostError(error) }
        }

        /// Calls `body` with one state of the database.
        func read<Result>(_ body: (Database) throws -> Result) throws(HostError) -> Result {
            do { return try pool.read(body) } catch { throw HostError(error) }
        }

        /// Copies one state of the database to `path`, while it is in use.
        func backUp(to path: String) throws {
            let copy = try DatabaseQueue(path: path)
            try pool.backup(to: copy)
            try copy.close()
        }

        /// Writes everything to the database's own file, and closes it.
        func close() throws {
            _ = try pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
            try pool.close()
        }
    }

    extension Digest: DatabaseValueConvertible {
        /// 64 hexadecimal digits.
        public var databaseValue: DatabaseValue { description.databaseValue }

        /// The digest of 64 hexadecimal digits.
        public static func fromDatabaseValue(_ value: DatabaseValue) -> Digest? {
            String.fromDatabaseValue(value).flatMap { Digest(hexadecimal: $0) }
        }
    }
#endif
