#if Service
    import Foundation
    import NIOPosix

    /// The threads on which a host waits for its disk and computes, so that those of Swift's tasks stay free to serve.
    ///
    /// Tasks and concurrent dispatch queues share as many threads as there are cores, and get no others while those compute:
    /// a search that ran there would keep every call waiting, the renewal of its own lease included.
    enum HostThreads {
        /// For calls that ask the database: as many as there are cores. With more they get into each other's way: 200 clients
        /// that ask how their jobs are had 190 jobs a second done with 2 threads on 2 cores, 118 with 4, 90 with 8, 58 with 16
        /// (`make soak SECONDS=20`).
        static let calls = pool(max(2, ProcessInfo.processInfo.activeProcessorCount))
        /// For calls that write a piece of a file to the disk, or read one to its end, which may be long.
        static let files = pool(4)

        /// For libraries that are added, one at a time: checking one takes memory, and may be long.
        static let libraries = pool(1)

        /// A thread for one search at a time. What it hands to other cores goes to threads of the same quality of
        /// service, which is not that of tasks.
        static func search() -> DispatchQueue { DispatchQueue(label: "search", qos: .utility) }

        private static func pool(_ count: Int) -> NIOThreadPool {
            let pool = NIOThreadPool(numberOfThreads: count)
            pool.start()
            return pool
        }
    }

    extension DispatchQueue {
        /// What `body` returns, called on this queue.
        func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
            await withCheckedContinuation { continuation in async { continuation.resume(returning: body()) } }
        }
    }
#endif
