#if Service
    import struct Crypto.SHA256
    import Foundation
    import SpectralSearch
    import Storage
    import Synchronization

    /// The files that the host keeps: immutable, named by the SHA-256 of their bytes, written once.
    ///
    /// A file is written elsewhere in the data folder, synchronised, hashed, and then renamed to its name, so what has a name is
    /// whole. Its bytes are compared with the name when it is opened, by the first opening in a process and again when
    /// the file's size, times or number have changed since: then a single range of a large answer does not cost reading it
    /// all. Which files are in use, the database says.
    final class BlobStore: Sendable {
        private let folder: String
        /// Where files stand for a moment; on the same file system.
        private let scratch: String
        /// What the files looked like whose bytes were compared with their names.
        private let verified = Mutex<[Digest: FileStatus]>([:])

        private struct FileStatus: Equatable {
            var device, inode, size: UInt64
            var changed, modified: [Int]
        }

        /// The store in `folder`, which is made if it is not there.
        init(folder: String, scratch: String) throws {
            self.folder = folder
            self.scratch = scratch
            for byte in 0..<256 {
                let name = (byte < 16 ? "0" : "") + String(byte, radix: 16)
                try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
            }
            try synchroniseFolder(folder)
        }

        /// Where the bytes of `digest` are, if they are there.
        private func path(_ digest: Digest) -> String {
            let name = digest.description
            return "\(folder)/\(name.prefix(2))/\(name)"
        }

        /// The digest and number of the bytes of the file at `path`.
        static func digest(path: String) throws -> (digest: Digest, byteCount: Int) {
            let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw FileSystemError(path: path, doing: "cannot be opened") }
            defer { close(descriptor) }
            return try digest(descriptor, path)
        }

        private static func digest(_ descriptor: Int32, _ path: String) throws -> (digest: Digest, byteCount: Int) {
            var hasher = SHA256()
            var piece = [UInt8](repeating: 0, count: 1 << 20)
            var position = 0
            while true {
                let got = piece.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(position)) }
                if got < 0, errno == EINTR { continue }
                guard got >= 0 else { throw FileSystemError(path: path, doing: "cannot be read") }
                if got == 0 { return (Digest(hasher.finalize()), position) }
                piece.withUnsafeBytes { hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<got])) }
                position += got
            }
        }

        /// Gives the file at `path`, which is on the disk and has the digest `digest`, a name here, beside the one that it
        /// has. Bytes that are here already are replaced: they may be damaged.
        func put(_ path: String, as digest: Digest) throws {
            let second = "\(scratch)/\(ObjectID.fresh())"
            guard link(path, second) == 0 else { throw FileSystemError(path: path, doing: "cannot be put in place") }
            // Of two names of the same file, the first remains.
            defer { unlink(second) }
            try moveIntoPlace(second, to: self.path(digest))
        }

        /// Removes the bytes of `digest`; those who have them open keep them.
        func remove(_ digest: Digest) {
            unlink(path(digest))
            verified.withLock { _ = $0.removeValue(forKey: digest) }
        }

        /// Everything that is here.
        func digests() throws -> [Digest] {
            try FileManager.default.subpathsOfDirectory(atPath: folder).compactMap {
                Digest(hexadecimal: URL(fileURLWithPath: $0).lastPathComponent)
            }
        }

        /// Opens the bytes of `digest`.
        ///
        /// - Throws: ``HostError`` with the reason `damaged` when they are not there, or others.
        func open(_ digest: Digest) throws -> StoredFile {
            guard let file = try openIfThere(digest) else { throw Self.damaged }
            return file
        }

        /// Whether there are bytes of this name.
        func contains(_ digest: Digest) -> Bool { access(path(digest), F_OK) == 0 }

        /// Opens the bytes of `digest`, or gives nil when there are none of this name.
        func openIfThere(_ digest: Digest) throws -> StoredFile? {
            let path = path(digest)
            let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                guard errno == ENOENT else { throw FileSystemError(path: path, doing: "cannot be opened") }
                return nil
            }
            let file = StoredFile(path: path, descriptor: descriptor, byteCount: Int(Self.status(descriptor).size))
            let status = Self.status(descriptor)
            guard verified.withLock({ $0[digest] }) != status else { return file }
            guard try Self.digest(descriptor, path).digest == digest else { throw Self.damaged }
            verified.withLock { $0[digest] = status }
            return file
        }

        private static let damaged = HostError(
            .damaged, "the stored bytes are not the ones that were put there; send or compute them again")

        private static func status(_ descriptor: Int32) -> FileStatus {
            var status = stat()
            fstat(descriptor, &status)
            #if canImport(Darwin)
                let (changed, modified) = (status.st_ctimespec, status.st_mtimespec)
            #else
                let (changed, modified) = (status.st_ctim, status.st_mtim)
            #endif
            return FileStatus(
                device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: UInt64(status.st_size),
                changed: [changed.tv_sec, changed.tv_nsec], modified: [modified.tv_sec, modified.tv_nsec])
        }

        /// Bytes of the disk that are free.
        var freeByteCount: Int {
            var status = statvfs()
            guard statvfs(folder, &status) == 0 else { return 0 }
            return Int(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
        }
    }

    /// A file of the store, open for reading; it stays readable when it is deleted meanwhile.
    package final class StoredFile: Sendable {
        /// Number of bytes.
        package let byteCount: Int
        /// Where the bytes are while nobody deletes them.
        let path: String
        private let descriptor: Int32

        init(path: String, descriptor: Int32, byteCount: Int) {
            self.path = path
            self.descriptor = descriptor
            self.byteCount = byteCount
        }

        deinit { close(descriptor) }

        /// The bytes of `range`; a part of them when the file ends before.
        package func read(_ range: Range<Int>) throws(HostError) -> Data {
            let range = range.clamped(to: 0..<byteCount)
            var bytes = Data(count: range.count)
            var done = 0
            while done < bytes.count {
                let got = bytes.withUnsafeMutableBytes { bytes in
                    pread(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(range.lowerBound + done))
                }
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { throw HostError(.damaged, "the stored bytes cannot be read to their end") }
                done += got
            }
            return bytes
        }
    }
#endif
