#if Service
    import GRDB

    /// The tables. Each released version of them is a migration that never changes again; a dump of each stands in the tests,
    /// which migrate it.
    enum Schema {
        static let migrator: DatabaseMigrator = {
            var migrator = DatabaseMigrator()
            migrator.registerMigration("1") { try $0.execute(sql: version1) }
            migrator.registerMigration("2") { try $0.execute(sql: version2) }
            return migrator
        }()

        /// Times are milliseconds since 1970, for people; moments are nanoseconds of a clock that only runs forwards, and go
        /// with the name of the machine's start. Digests are 64 hexadecimal digits, names of objects 32.
        private static let version1 = """
            CREATE TABLE account (
                id TEXT PRIMARY KEY, label TEXT NOT NULL UNIQUE, created INTEGER NOT NULL
            ) STRICT;

            -- A token is kept as its SHA-256, found by its first half, which is no secret.
            CREATE TABLE token (
                prefix TEXT PRIMARY KEY, hash BLOB NOT NULL, account TEXT NOT NULL REFERENCES account,
                created INTEGER NOT NULL, revoked INTEGER
            ) STRICT;

            -- An annotation is what the client encrypted.
            CREATE TABLE project (
                id TEXT PRIMARY KEY, annotation BLOB NOT NULL, created INTEGER NOT NULL
            ) STRICT;

            CREATE TABLE member (
                project TEXT NOT NULL REFERENCES project, account TEXT NOT NULL REFERENCES account,
                role TEXT NOT NULL CHECK (role IN ('owner', 'collaborator', 'auditor')),
                PRIMARY KEY (project, account)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX memberByAccount ON member (account);

            CREATE TABLE library (
                id TEXT PRIMARY KEY, project TEXT NOT NULL REFERENCES project, name TEXT NOT NULL,
                card TEXT NOT NULL, score TEXT NOT NULL, modes TEXT NOT NULL, spectra INTEGER NOT NULL,
                isShared INTEGER NOT NULL, byteCount INTEGER NOT NULL, created INTEGER NOT NULL, deleted INTEGER
            ) STRICT;
            CREATE INDEX libraryByProject ON library (project);

            CREATE TABLE libraryFile (
                library TEXT NOT NULL REFERENCES library, name TEXT NOT NULL, blob TEXT NOT NULL, byteCount INTEGER NOT NULL,
                PRIMARY KEY (library, name)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX libraryFileByBlob ON libraryFile (blob);

            -- What a researcher sent: queries or rotation keys. Its seal is the digest that ends the file.
            CREATE TABLE dataset (
                id TEXT PRIMARY KEY, project TEXT NOT NULL REFERENCES project, account TEXT NOT NULL REFERENCES account,
                kind TEXT NOT NULL CHECK (kind IN ('batch', 'interactive', 'rotationKeys')),
                blob TEXT NOT NULL, byteCount INTEGER NOT NULL, seal TEXT NOT NULL,
                card TEXT, keysSeal TEXT, queryCount INTEGER NOT NULL,
                annotation BLOB NOT NULL, created INTEGER NOT NULL, deleted INTEGER
            ) STRICT;
            CREATE INDEX datasetByProject ON dataset (project);
            CREATE INDEX datasetByBlob ON dataset (blob);

            CREATE TABLE upload (
                id TEXT PRIMARY KEY, project TEXT NOT NULL REFERENCES project, account TEXT NOT NULL REFERENCES account,
                byteCount INTEGER NOT NULL, sha256 TEXT NOT NULL, received INTEGER NOT NULL,
                boot TEXT NOT NULL, deadline INTEGER NOT NULL, created INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX uploadByProject ON upload (project);

            CREATE TABLE job (
                sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
                project TEXT NOT NULL REFERENCES project, account TEXT NOT NULL REFERENCES account,
                library TEXT NOT NULL REFERENCES library, dataset TEXT NOT NULL REFERENCES dataset,
                keys TEXT REFERENCES dataset,
                mode TEXT NOT NULL CHECK (mode IN ('batch', 'interactive')),
                priority INTEGER NOT NULL, work INTEGER NOT NULL, requestKey TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
                attempts INTEGER NOT NULL DEFAULT 0, interruptions INTEGER NOT NULL DEFAULT 0,
                isCancelling INTEGER NOT NULL DEFAULT 0,
                lease TEXT, leaseBoot TEXT, leaseDeadline INTEGER, retryBoot TEXT, retryAt INTEGER,
                answerByteCount INTEGER NOT NULL, blob TEXT, problem TEXT,
                created INTEGER NOT NULL, started INTEGER, finished INTEGER, deleted INTEGER,
                UNIQUE (account, requestKey)
            ) STRICT;
            CREATE INDEX jobByState ON job (state, mode);
            CREATE INDEX jobByProject ON job (project, sequence);
            CREATE INDEX jobByBlob ON job (blob);

            -- The work that was begun for an account, and that before its last job: see JobQueue.
            CREATE TABLE share (
                mode TEXT NOT NULL, account TEXT NOT NULL REFERENCES account, begun INTEGER NOT NULL, start INTEGER NOT NULL,
                PRIMARY KEY (mode, account)
            ) STRICT, WITHOUT ROWID;

            -- What was done, until the audit log has it. Numbers are not used again.
            CREATE TABLE event (
                sequence INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, kind TEXT NOT NULL,
                project TEXT NOT NULL, account TEXT, object TEXT NOT NULL, sha256 TEXT, byteCount INTEGER
            ) STRICT;

            CREATE VIEW blobInUse (blob) AS
                SELECT blob FROM dataset WHERE deleted IS NULL
                UNION ALL SELECT libraryFile.blob FROM libraryFile JOIN library ON library.id = libraryFile.library
                    WHERE library.deleted IS NULL
                UNION ALL SELECT blob FROM job WHERE blob IS NOT NULL AND deleted IS NULL;
            """

        /// Who made a project, which others may own since; and indices by which neither many jobs that wait nor many that
        /// have ended make calls slow.
        private static let version2 = """
            ALTER TABLE project ADD COLUMN creator TEXT REFERENCES account;
            UPDATE project SET creator = (
                SELECT account FROM member WHERE member.project = project.id AND role = 'owner' ORDER BY account LIMIT 1);
            CREATE INDEX projectByCreator ON project (creator);

            CREATE INDEX jobWaiting ON job (mode, account, priority DESC, sequence) WHERE state = 'queued';
            CREATE INDEX jobActive ON job (account, mode) WHERE state IN ('queued', 'running');
            CREATE INDEX jobBytes ON job (project, state, answerByteCount) WHERE deleted IS NULL;
            """
    }
#endif
