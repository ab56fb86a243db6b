import Foundation
import Storage

/// The file of all checkpoints that a log signed. They are what lets verification name the first entry that was altered,
/// when everything after it was made to fit; without them the log is as valid.
enum CheckpointHistory {
    /// The notes of the file at `path`, one after the other; none when there is no file.
    ///
    /// A note of ours has three lines, a blank one and one signature. What follows the last whole one, a writer that was
    /// killed left there.
    static func read(path: String, each visit: (SignedNote) throws -> Void) throws -> (
        wholeByteCount: Int, last: SignedNote?
    ) {
        guard FileManager.default.fileExists(atPath: path) else { return (0, nil) }
        let (descriptor, _) = try openRegularFile(path)
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var (wholeByteCount, last) = (0, SignedNote?.none)
        var rest: [UInt8] = []
        while let piece = try handle.read(upToCount: 1 << 18), !piece.isEmpty {
            rest += piece
            var (start, position, lineFeeds) = (0, 0, 0)
            while position < rest.count {
                if rest[position] == UInt8(ascii: "\n") { lineFeeds += 1 }
                position += 1
                guard lineFeeds == 5 else { continue }
                let note = try SignedNote(bytes: rest[start..<position], source: path)
                try visit(note)
                last = note
                (start, lineFeeds) = (position, 0)
            }
            wholeByteCount += start
            rest.removeFirst(start)
            guard rest.count <= SignedNote.byteLimit else { throw InputError(path, "is not a file of checkpoints") }
        }
        return (wholeByteCount, last)
    }
}
