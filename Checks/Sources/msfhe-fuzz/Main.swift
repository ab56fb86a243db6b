import Foundation

/// What libFuzzer's own `main` calls first, with the command line, from which it takes away what is not libFuzzer's.
@_cdecl("LLVMFuzzerInitialize")
func initialize(
    count: UnsafeMutablePointer<CInt>,
    arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
    let rest = Fuzz.prepare(
        arguments: (1..<Int(count.pointee)).compactMap { arguments.pointee[$0].map { String(cString: $0) } })
    // The driver keeps pointers into what it is given, so it is never freed.
    for (index, argument) in rest.enumerated() { arguments.pointee[index + 1] = strdup(argument) }
    arguments.pointee[rest.count + 1] = nil
    count.pointee = CInt(rest.count + 1)
    return 0
}

/// What libFuzzer calls with one input after the other.
@_cdecl("LLVMFuzzerTestOneInput")
func test(bytes: UnsafePointer<UInt8>?, count: Int) -> CInt {
    Fuzz.current?.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}

/// The command line: lists the targets, writes a target's seeds, or leaves one to libFuzzer.
enum Fuzz {
    /// The target that inputs go to. Set once, before the first of them.
    nonisolated(unsafe) fileprivate static var current: Target?

    private static let usage = """
        usage: msfhe-fuzz list
               msfhe-fuzz seeds TARGET FOLDER           writes the target's seeds and its dictionary, FOLDER.dict
               msfhe-fuzz run TARGET [-OPTION=VALUE]... [FOLDER | FILE]...
        The options are libFuzzer's; a FILE is run once, as for reproducing a failure.
        """

    /// Does what `arguments` ask for and ends the process, or chooses a target and returns libFuzzer's arguments.
    fileprivate static func prepare(arguments: [String]) -> [String] {
        switch arguments.first {
        case "list" where arguments.count == 1:
            for target in Target.all { print(target.name) }
            exit(0)
        case "seeds" where arguments.count == 3:
            do { try writeSeeds(of: target(arguments[1]), to: arguments[2]) } catch {
                fail("\(arguments[1]): \(error)")
            }
            exit(0)
        case "run" where arguments.count >= 2:
            current = target(arguments[1])
            return Array(arguments.dropFirst(2))
        default:
            fail(usage)
        }
    }

    private static func target(_ name: String) -> Target {
        guard let target = Target.all.first(where: { $0.name == name }) else {
            let names = Target.all.map { $0.name }
            fail("there is no target '\(name)'; there are \(names.joined(separator: ", "))")
        }
        return target
    }

    /// Writes the seeds of `target` into `folder`, one a file, and its words beside it. Each seed must be accepted:
    /// otherwise fuzzing would begin, and perhaps stay, at the parser's first check.
    private static func writeSeeds(of target: Target, to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (number, seed) in try target.seeds().enumerated() {
            try target.parse(seed)
            try Data(seed).write(to: URL(fileURLWithPath: "\(folder)/seed-\(number)"))
        }
        let words = target.words.map { word in
            let escaped = word.utf8.map { byte in
                let isPlain = (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
                return isPlain ? String(UnicodeScalar(byte)) : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            return "\"\(escaped.joined())\"\n"
        }
        try Data((["# words of the format\n"] + words).joined().utf8).write(to: URL(fileURLWithPath: "\(folder).dict"))
    }

    private static func fail(_ message: String) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(2)
    }
}
