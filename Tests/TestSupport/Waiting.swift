import Foundation

/// What `body` returns, which may block: called on a thread of its own. The threads of tasks are as few as there are cores, and
/// a server in this process needs them.
public func onOwnThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Swift.Result(catching: body)) }
    }
}

extension Process {
    /// Returns when the process has ended; blocks no thread meanwhile.
    public func end() async throws { while isRunning { try await Task.sleep(for: .milliseconds(5)) } }
}
