import Foundation

/// The descriptor and size of the regular file at `path`.
///
/// - Throws: ``InputError`` when there is none; ``FileSystemError`` when the system cannot open it.
package func openRegularFile(_ path: String) throws -> (descriptor: Int32, size: Int) {
    // Opening a named pipe that nobody writes to would wait for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw systemFailure(path, doing: "cannot be opened") }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        close(descriptor)
        throw InputError(path, "is not a regular file")
    }
    return (descriptor, Int(status.st_size))
}

/// The whole content of a file of ours, refused when it is larger than `limit`: no such file is.
///
/// - Parameter isPrivate: refuse a file that other users may read.
package func readWhole(path: String, limit: Int, isPrivate: Bool = false) throws -> Data {
    let (descriptor, size) = try openRegularFile(path)
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    if isPrivate {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & 0o077 == 0 else {
            throw InputError(path, "may be read by other users; make it private first: chmod 600 '\(path)'")
        }
    }
    guard size > 0 else { throw InputError(path, "is empty") }
    guard size <= limit else {
        throw InputError(path, "has \(size) bytes, but no file of this kind has more than \(limit)")
    }
    guard let data = try handle.read(upToCount: size), data.count == size else {
        throw InputError(path, "could not be read to its end; has it changed meanwhile?")
    }
    return data
}
