#if Service
    import Foundation

    /// Says to other processes that this one works in a folder, until the object is gone or the process ends, however it
    /// ends.
    final class FolderLock: Sendable {
        private let descriptor: Int32

        private init(descriptor: Int32) { self.descriptor = descriptor }

        deinit { close(descriptor) }

        /// The lock at `path` for this process alone; nil while another holds it.
        static func exclusive(path: String) throws -> FolderLock? {
            let lock = try FolderLock(opening: path)
            return flock(lock.descriptor, LOCK_EX | LOCK_NB) == 0 ? lock : nil
        }

        /// The lock at `path` beside others; waits while a process has it alone.
        static func shared(path: String) throws -> FolderLock {
            let lock = try FolderLock(opening: path)
            lock.share()
            return lock
        }

        /// Lets others in.
        func share() { while flock(descriptor, LOCK_SH) != 0, errno == EINTR {} }

        private convenience init(opening path: String) throws {
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                throw HostError(.failed, "\(path): cannot be opened: \(String(cString: strerror(errno)))")
            }
            self.init(descriptor: descriptor)
        }
    }
#endif
