#if Service
    import Foundation
    import JobRunner
    import SpectralSearch

    // What goes over the wire as JSON; docs/openapi.json describes each.

    /// How JSON is written and read on both sides.
    package enum WireJSON {
        package static func encode(_ value: some Encodable) throws -> Data {
            let encoder = JSONEncoder()
            encoder.dateEncodingStrategy = .iso8601
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return try encoder.encode(value)
        }

        package static func decode<Value: Decodable>(_: Value.Type, from data: Data) throws -> Value {
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .iso8601
            return try decoder.decode(Value.self, from: data)
        }
    }

    /// Several objects, in an object of their own: more can be said beside them later.
    package struct Items<Item: Codable & Sendable>: Codable, Sendable {
        package var items: [Item]
        /// Where there are more: the last of these, after which they come.
        package var next: String?

        /// The first `limit` of `objects`, of which one more than that was asked for, if there are more.
        init<Object>(_ objects: [Object], limit: Int, name: (Object) -> ObjectID, item: (Object) -> Item) {
            items = objects.prefix(limit).map(item)
            next = objects.count > limit ? name(objects[limit - 1]).description : nil
        }
    }

    /// The account that asks, and what the host allows it.
    package struct AccountItem: Codable, Sendable {
        package var account: String
        package var limits: Limits

        package struct Limits: Codable, Sendable {
            package var fileBytes: Int
            package var chunkBytes: Int
            package var projectBytes: Int
            package var annotationBytes: Int
            package var activeJobs: Int
            package var requestsPerMinute: Int
        }
    }

    package struct ProjectItem: Codable, Sendable {
        package var id: String
        package var role: String
        /// Encrypted by the client.
        package var annotation: Data
        package var created: Date
        package var bytes: Int

        init(_ project: Project) {
            id = project.id.description
            role = project.role.rawValue
            annotation = project.annotation
            created = project.created
            bytes = project.byteCount
        }
    }

    package struct MemberItem: Codable, Sendable {
        package var account: String
        package var role: String
    }

    package struct LibraryItem: Codable, Sendable {
        package var id: String
        package var project: String
        package var name: String
        /// Digest of its card.
        package var card: String
        package var score: String
        package var modes: [String]
        package var spectra: Int
        package var shared: Bool
        package var bytes: Int
        package var created: Date

        init(_ library: HostedLibrary) {
            id = library.id.description
            project = library.project.description
            name = library.name
            card = library.card.description
            score = library.score
            modes = library.modes.map(\.rawValue)
            spectra = library.spectrumCount
            shared = library.isShared
            bytes = library.byteCount
            created = library.created
        }
    }

    package struct UploadItem: Codable, Sendable {
        package var id: String
        package var project: String
        package var bytes: Int
        package var sha256: String
        /// How many bytes the host has: the offset of the next chunk.
        package var received: Int

        init(_ upload: UploadState) {
            id = upload.id.description
            project = upload.project.description
            bytes = upload.byteCount
            sha256 = upload.sha256.description
            received = upload.received
        }
    }

    package struct DatasetItem: Codable, Sendable {
        package var id: String
        package var project: String
        package var account: String
        package var kind: String
        package var sha256: String
        package var bytes: Int
        package var queries: Int
        /// The digest that ends the file: what interactive queries name rotation keys by.
        package var seal: String
        package var card: String?
        /// Encrypted by the client.
        package var annotation: Data
        package var created: Date

        init(_ dataset: Dataset) {
            id = dataset.id.description
            project = dataset.project.description
            account = dataset.account.description
            kind = dataset.kind.rawValue
            sha256 = dataset.sha256.description
            bytes = dataset.byteCount
            queries = dataset.queryCount
            seal = dataset.seal.description
            card = dataset.card?.description
            annotation = dataset.annotation
            created = dataset.created
        }
    }

    package struct JobItem: Codable, Sendable {
        package var id: String
        package var project: String
        package var account: String
        package var library: String
        package var dataset: String
        package var mode: String
        package var priority: String
        package var state: String
        package var cancelling: Bool
        package var attempts: Int
        /// Bytes that the result has or will have.
        package var resultBytes: Int
        package var resultSHA256: String?
        package var problem: String?
        /// Jobs before this one, while it waits.
        package var position: Int?
        /// From 0 to 1, while it runs.
        package var progress: Double?
        package var created: Date
        package var started: Date?
        package var finished: Date?

        init(_ job: Job) {
            id = job.id.description
            project = job.project.description
            account = job.account.description
            library = job.library.description
            dataset = job.dataset.description
            mode = job.mode.rawValue
            priority = job.priority.name
            state = job.state.rawValue
            cancelling = job.isCancelling
            attempts = job.attempts
            resultBytes = job.answerByteCount
            resultSHA256 = job.sha256?.description
            problem = job.problem
            position = job.position
            progress = job.progress
            created = job.created
            started = job.started
            finished = job.finished
        }

        /// Whether nothing will happen to it any more.
        package var isFinal: Bool { JobState(rawValue: state)?.isFinal ?? false }
    }

    package struct ProjectRequest: Codable, Sendable {
        package var annotation: Data?
        package init(annotation: Data?) { self.annotation = annotation }
    }

    package struct AnnotationRequest: Codable, Sendable {
        package var annotation: Data
        package init(annotation: Data) { self.annotation = annotation }
    }

    package struct RoleRequest: Codable, Sendable {
        package var role: String
        package init(role: String) { self.role = role }
    }

    package struct UploadRequest: Codable, Sendable {
        package var project: String
        package var bytes: Int
        package var sha256: String

        package init(project: String, bytes: Int, sha256: String) {
            (self.project, self.bytes, self.sha256) = (project, bytes, sha256)
        }
    }

    package struct LibraryRequest: Codable, Sendable {
        package var name: String
        package var project: String
        /// Uploads by the names of the files.
        package var uploads: [String: String]
        package var shared: Bool?

        package init(name: String, project: String, uploads: [String: String], shared: Bool?) {
            (self.name, self.project, self.uploads, self.shared) = (name, project, uploads, shared)
        }
    }

    package struct SharingRequest: Codable, Sendable {
        package var shared: Bool
        package init(shared: Bool) { self.shared = shared }
    }

    package struct JobSubmission: Codable, Sendable {
        package var library: String
        package var dataset: String
        package var mode: String
        package var score: String
        package var priority: String?
        /// A name of the request: sent twice, it makes one job.
        package var requestKey: String

        package init(
            library: String, dataset: String, mode: String, score: String, priority: String?, requestKey: String
        ) {
            (self.library, self.dataset, self.mode) = (library, dataset, mode)
            (self.score, self.priority, self.requestKey) = (score, priority, requestKey)
        }
    }

    package struct HealthItem: Codable, Sendable {
        package var status: String
        package var version: String
    }

    /// The log's key and where it stands.
    package struct AuditKeyItem: Codable, Sendable {
        package var key: String
        package var size: Int
    }

    /// A proof, with what it is checked against; hashes in hexadecimal.
    package struct AuditProofItem: Codable, Sendable {
        package var size: Int
        /// Of inclusion: the hash of the leaf.
        package var leaf: String?
        package var proof: [String]
    }

    /// An entry of the log, and what shows that it is in the tree of the checkpoint beside it.
    package struct AuditEntryItem: Codable, Sendable {
        package var index: Int
        /// The leaf, as it was hashed.
        package var entry: String
        package var proof: [String]
    }

    /// Entries of a project.
    package struct AuditEntriesItem: Codable, Sendable {
        /// A signed checkpoint, by whose root the proofs are checked.
        package var checkpoint: String
        package var items: [AuditEntryItem]
        /// Where the log was not looked through to its end: the last entry that was looked at.
        package var next: Int?
    }

    /// An error (RFC 9457).
    package struct ProblemItem: Codable, Sendable {
        package var type: String
        package var title: String
        package var status: Int
        package var detail: String
    }
#endif
