import CMemoryFile
import Foundation

/// Calls `body` with the path of a file that lies in memory and holds `content`, for parsers that open files by their
/// paths. The file is gone afterwards, but for those who have it open.
func withFile<Result>(_ content: [UInt8], _ body: (String) throws -> Result) rethrows -> Result {
    let descriptor = checks_memory_file()
    precondition(descriptor >= 0, "the system has files in memory")
    defer { close(descriptor) }
    var done = 0
    while done < content.count {
        let count = content.withUnsafeBytes { write(descriptor, $0.baseAddress! + done, content.count - done) }
        precondition(count > 0, "a file in memory can be written to")
        done += count
    }
    return try body("/proc/self/fd/\(descriptor)")
}
