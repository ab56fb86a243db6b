#if Service
    import Foundation
    import Synchronization

    /// What the process knows of jobs besides the database: how far they are, who watches them, which of them are to stop.
    final class JobActivity: Sendable {
        /// Why work on a job ends before its end.
        enum StopReason: Error {
            /// Somebody cancelled it.
            case cancelled
            /// The lease has run out: another has the job.
            case leaseLost
            /// The host stops; the job will wait again.
            case draining
        }

        private struct State {
            var progress: [ObjectID: Double] = [:]
            /// How many jobs were before each that waits when somebody last looked.
            var positions: [ObjectID: Int] = [:]
            var stops: [ObjectID: StopReason] = [:]
            var watchers: [ObjectID: [Int: AsyncStream<Void>.Continuation]] = [:]
            var workers: [Int: AsyncStream<Void>.Continuation] = [:]
            var isDraining = false
            var streamCount = 0
        }

        private let state = Mutex(State())

        /// Whether the host takes no jobs up any more.
        var isDraining: Bool { state.withLock(\.isDraining) }

        /// Takes no jobs up from now on.
        func drain() {
            state.withLock { $0.isDraining = true }
            jobsWait()
        }

        /// Tells those who could work that there may be work.
        func jobsWait() { state.withLock { for worker in $0.workers.values { worker.yield() } } }

        /// Something for each time that there may be work; several times at once are one.
        func workSignals() -> AsyncStream<Void> {
            let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            let number = state.withLock { state in
                state.streamCount += 1
                state.workers[state.streamCount] = continuation
                return state.streamCount
            }
            continuation.onTermination = { [self] _ in state.withLock { _ = $0.workers.removeValue(forKey: number) } }
            continuation.yield()
            return stream
        }

        /// Something at once, and for each time that something has become of a job; several times at once are one.
        func changes(of job: ObjectID) -> AsyncStream<Void> {
            let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            let number = state.withLock { state in
                state.streamCount += 1
                state.watchers[job, default: [:]][state.streamCount] = continuation
                return state.streamCount
            }
            continuation.onTermination = { [self] _ in
                state.withLock { state in
                    state.watchers[job]?[number] = nil
                    if state.watchers[job]?.isEmpty == true { state.watchers[job] = nil }
                }
            }
            continuation.yield()
            return stream
        }

        /// Tells those who watch a job.
        func changed(_ job: ObjectID) {
            state.withLock { for watcher in ($0.watchers[job] ?? [:]).values { watcher.yield() } }
        }

        /// Whether anybody watches a job.
        var isWatched: Bool { state.withLock { !$0.watchers.isEmpty } }

        /// Notes how many jobs are before each that waits, and tells those who watch one that has moved.
        func moved(to positions: [ObjectID: Int]) {
            state.withLock { state in
                let before = state.positions
                state.positions = positions
                for (job, watchers) in state.watchers where positions[job] != before[job] {
                    for watcher in watchers.values { watcher.yield() }
                }
            }
        }

        /// How many jobs were before one that waits, when somebody last looked; nil for one that did not wait then.
        func position(of job: ObjectID) -> Int? { state.withLock { $0.positions[job] } }

        func progress(of job: ObjectID) -> Double? { state.withLock { $0.progress[job] } }

        /// Notes how far a job is, 0 to 1; told to those who watch it when it is a hundredth more than before.
        func report(_ job: ObjectID, _ progress: Double) {
            let isNews = state.withLock { state in
                guard progress >= (state.progress[job] ?? -1) + 0.01 else { return false }
                state.progress[job] = progress
                return true
            }
            if isNews { changed(job) }
        }

        /// Asks whoever works on a job to stop.
        func stop(_ job: ObjectID, _ reason: StopReason) {
            state.withLock { if $0.stops[job] == nil { $0.stops[job] = reason } }
        }

        /// Why work on a job is to stop, if it is.
        func stopReason(_ job: ObjectID) -> StopReason? { state.withLock { $0.stops[job] } }

        /// Forgets a job that is worked on no more.
        func end(_ job: ObjectID) {
            state.withLock { state in
                state.progress[job] = nil
                state.stops[job] = nil
            }
            changed(job)
        }
    }
#endif
