import Foundation
import Harness

/// Lines for a program: to a file, or to standard output for `-`, each as soon as it is known; nowhere for nil.
final class LineOutput {
    private let handle: FileHandle?

    /// - Throws: ``UsageError`` when the file cannot be written.
    init(path: String?) throws(UsageError) {
        switch path {
        case nil: handle = nil
        case "-": handle = .standardOutput
        case let path?:
            guard FileManager.default.createFile(atPath: path, contents: nil),
                let handle = FileHandle(forWritingAtPath: path)
            else { throw UsageError("\(path): cannot be written") }
            self.handle = handle
        }
    }

    /// Writes a line.
    func write(_ line: String) throws { try handle?.write(contentsOf: Data("\(line)\n".utf8)) }
}

/// Says something to the person at the terminal.
func note(_ message: String) { FileHandle.standardError.write(Data("\(message)\n".utf8)) }
