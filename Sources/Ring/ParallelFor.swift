import Dispatch
import Synchronization

/// Calls `body` once for each index in `0 ..< count`, on up to `threads` threads at a time; returns when all are
/// done. The only place in the project where work is spread over cores.
///
/// Indices are handed out one after the other as threads become free, so pieces of unequal cost balance. `body`
/// must write only to parts of memory that belong to its index.
///
/// - Parameters:
///   - count: number of calls.
///   - threads: 1 or more; 1 runs everything on the calling thread.
///   - body: the work for one index.
public func parallelFor(_ count: Int, threads: Int, body: @Sendable (Int) -> Void) {
    parallelFor(count, threads: threads, workspace: {}, body: { index, _ in body(index) })
}

/// Like ``parallelFor(_:threads:body:)``, with a workspace for each thread: memory that the calls of one thread use
/// one after the other.
public func parallelFor<Workspace>(
    _ count: Int, threads: Int, workspace: @Sendable () -> Workspace, body: @Sendable (Int, Workspace) -> Void
) {
    precondition(threads >= 1, "parallelFor needs a thread")
    let workers = min(threads, count)
    guard workers > 1 else {
        let memory = workspace()
        for index in 0..<max(count, 0) { body(index, memory) }
        return
    }
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
        let memory = workspace()
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            if index >= count { return }
            body(index, memory)
        }
    }
}

/// The results of `transform` for each of `elements`, in their order, computed on up to `threads` threads.
public func parallelMap<Element: Sendable, Result: Sendable>(
    _ elements: [Element], threads: Int, transform: @Sendable (Element) -> Result
) -> [Result] {
    [Result](unsafeUninitializedCapacity: elements.count) { results, count in
        nonisolated(unsafe) let base = results.baseAddress
        parallelFor(elements.count, threads: threads) { index in
            (base! + index).initialize(to: transform(elements[index]))
        }
        count = elements.count
    }
}
