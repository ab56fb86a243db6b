import Foundation
import Storage

/// A library's secret fingerprint, for checking answers with, and in nobody else's use meanwhile.
///
/// Accepting tells a host nothing that it did not know, so a fingerprint serves for any number of runs that pass. A
/// rejection does tell something of the vectors, and a host that learns of many could put them together; so the file
/// of a fingerprint that rejects is replaced by one that says so, before anybody hears of the rejection.
public final class Fingerprint {
    /// The file's path.
    public let path: String
    let file: FingerprintFile
    private let lock: FileLock
    /// What the file becomes when it is spent, ready to be put in place: that should not fail when it is needed.
    private let successor: OutputFile

    /// Opens the fingerprint at `path`, when no other check uses it any more, and checks that it is of the library of
    /// `card`.
    ///
    /// - Throws: ``InputError`` when it is spent, damaged or of another library, may be read by other users or cannot be
    ///   replaced, or when the library's answers cannot be verified.
    public init(path: String, card: LibraryCard) throws {
        self.path = path
        lock = try FileLock(path: path)
        file = try FingerprintFile(path: path, card: card)
        guard lock.isPrivate else {
            throw InputError(path, "may be read by other users; make it private first: chmod 600 '\(path)'")
        }
        successor = try OutputFile(path: path, isPrivate: true)
        try successor.write(FileKind.spentFingerprint.opening + Array(" rejected an answer; ask for a new one\n".utf8))
    }

    /// Makes the file say that the fingerprint is spent. On return that is safely on the disk.
    ///
    /// - Throws: ``FileSystemError`` when it cannot be put in place.
    func spend() throws { try successor.commit() }
}

/// The exclusive use of a file among the processes that ask for it in this way.
private final class FileLock {
    private let descriptor: Int32
    /// Whether only the owner may read and write the file.
    let isPrivate: Bool

    /// Waits until nobody else has the use of the file that then stands at `path`.
    init(path: String) throws {
        while true {
            let descriptor = try openRegularFile(path).descriptor
            while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
            var (own, current) = (stat(), stat())
            let stands = fstat(descriptor, &own) == 0 && stat(path, &current) == 0
            if stands, own.st_ino == current.st_ino, own.st_dev == current.st_dev {
                self.descriptor = descriptor
                isPrivate = own.st_mode & 0o077 == 0
                return
            }
            // It was replaced while it was waited for; if nothing stands there now, opening says so.
            close(descriptor)
        }
    }

    deinit { close(descriptor) }
}
