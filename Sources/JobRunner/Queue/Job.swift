#if Service
    import Foundation
    import SpectralSearch

    /// What somebody wants to have searched.
    package struct JobRequest: Sendable, Hashable {
        /// The library.
        package var library: ObjectID
        /// The queries; the job belongs to their project.
        package var dataset: ObjectID
        /// How to search; the queries must have been encrypted for it.
        package var mode: SearchMode
        /// The similarity to search by; the library must have been built for it.
        package var score: String
        /// Which of an account's own jobs go first: the higher ones.
        package var priority: JobPriority
        /// A name of the request that the client chooses: sent twice, since an answer was lost, it makes one job.
        package var requestKey: String

        package init(
            library: ObjectID, dataset: ObjectID, mode: SearchMode, score: String, priority: JobPriority = .normal,
            requestKey: String
        ) {
            self.library = library
            self.dataset = dataset
            self.mode = mode
            self.score = score
            self.priority = priority
            self.requestKey = requestKey
        }
    }

    /// Which of an account's own jobs go first. Between accounts it says nothing: there shares are fair.
    package enum JobPriority: Int, Sendable, CaseIterable {
        case low = -1
        case normal = 0
        case high = 1

        /// `low`, `normal` or `high`.
        package var name: String { "\(self)" }

        /// The priority of this name.
        package init?(name: String) {
            guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
            self = found
        }
    }

    /// What has become of a job.
    package enum JobState: String, Sendable, CaseIterable {
        /// It waits for its turn.
        case queued
        case running
        /// Its result can be fetched.
        case succeeded
        /// It has no result; its problem says why.
        case failed
        case cancelled

        /// Whether nothing will happen any more.
        package var isFinal: Bool { self != .queued && self != .running }
    }

    /// A search that was accepted.
    package struct Job: Sendable, Hashable {
        package let id: ObjectID
        package let project: ObjectID
        /// Who submitted it.
        package let account: ObjectID
        package let library: ObjectID
        package let dataset: ObjectID
        package let mode: SearchMode
        package let priority: JobPriority
        package let state: JobState
        /// Whether somebody asked to cancel it while it ran.
        package let isCancelling: Bool
        /// How often it was begun.
        package let attempts: Int
        /// Bytes that its result has, or will have at most.
        package let answerByteCount: Int
        /// SHA-256 of the bytes of its result, when it succeeded.
        package let sha256: Digest?
        /// Why it failed, or why its last attempt did.
        package let problem: String?
        package let created: Date
        package let started: Date?
        package let finished: Date?
        /// While it waits: how many jobs are before it, if no other account sends any.
        package var position: Int?
        /// How much of the work is done, 0 to 1; while it runs.
        package var progress: Double?

        /// Grows from job to job.
        let sequence: Int64
        let keys: ObjectID?
        /// Library rows times queries: what it counts in its account's share.
        let work: Int
        let interruptions: Int
    }

    /// The right to work on a job, until a moment that its holder puts off again and again. Whoever lets it pass has lost
    /// the job: nothing that such a holder still does has an effect.
    struct Lease: Sendable, Hashable {
        let job: Job
        /// A name that no other lease has.
        let id: ObjectID
    }
#endif
