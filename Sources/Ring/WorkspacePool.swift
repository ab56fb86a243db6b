import Synchronization

/// Workspaces that operations on many threads borrow, one each, and give back. A few are kept while nobody uses them;
/// they can be large.
package final class WorkspacePool<Workspace: AnyObject & Sendable>: Sendable {
    private let idle = Mutex<[Workspace]>([])
    private static var largestIdleCount: Int { 8 }
    private let make: @Sendable () -> Workspace

    /// A pool that calls `make` when none of its workspaces is idle.
    package init(_ make: @escaping @Sendable () -> Workspace) { self.make = make }

    /// Calls `body` with a workspace that nobody else uses meanwhile.
    package func withWorkspace<Result, Failure: Error>(
        _ body: (Workspace) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let workspace = idle.withLock { $0.popLast() } ?? make()
        defer {
            idle.withLock { if $0.count < Self.largestIdleCount { $0.append(workspace) } }
        }
        return try body(workspace)
    }
}
