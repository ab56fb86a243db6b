import CKKS
import Crypto
import Foundation
import Harness
import Ring

/// Writing an object of the wire format to memory, or reading it from there, beside the SHA-256 that it ends with.
struct WireBenchmark: Benchmark {
    enum Direction: String, CaseIterable {
        case write, read
    }

    enum Object: String, CaseIterable {
        case ciphertext
        /// Expanded when it is read.
        case seededCiphertext
        /// The key for products: its uniform half is expanded when it is read.
        case evaluationKeys
    }

    let direction: Direction
    let object: Object

    private static let literal = ParametersLiteral.n16384

    static var all: [WireBenchmark] {
        Direction.allCases.flatMap { direction in
            Object.allCases.map { WireBenchmark(direction: direction, object: $0) }
        }
    }

    func threadCounts(upTo limit: Int) -> [Int] { [1] }

    func row() -> Row {
        var row = Row("ckks.\(direction.rawValue)", Self.literal)
        row["object"] = .text(object.rawValue)
        return row
    }

    func measure(_ conditions: Conditions) throws -> Row {
        let fixture = try SchemeFixture(Self.literal, conditions, relinearization: object == .evaluationKeys)
        switch object {
        case .ciphertext:
            return try measured(fixture.first, fixture, conditions) {
                $0
            } decrypted: {
                $0
            }
        case .seededCiphertext:
            let seeded = fixture.encryptor.encryptSeeded(fixture.plaintext.plaintext!)
            return try measured(seeded, fixture, conditions) {
                $0.expanded()
            } decrypted: {
                $0
            }
        case .evaluationKeys:
            return try measured(fixture.evaluator.keys, fixture, conditions) {
                $0
            } decrypted: { keys in
                let evaluator = Evaluator(parameters: fixture.parameters, keys: keys)
                return try evaluator.relinearize(try evaluator.multiply(fixture.first, fixture.second))
            }
        }
    }

    /// - Parameters:
    ///   - used: what is made of an object that was read, within its time.
    ///   - decrypted: what tells by decryption whether that is right.
    private func measured<Wire: WireObject, Used>(
        _ object: Wire, _ fixture: SchemeFixture, _ conditions: Conditions, used: @escaping (Wire) -> Used,
        decrypted: (Used) throws -> Ciphertext
    ) throws -> Row {
        var row = conditions.row(of: self)
        let memory = Memory(object.serialized())
        var (read, result): (Wire?, Used?)
        let reading = Work {
            memory.position = 0
            read = try? Wire(from: memory.next, parameters: fixture.parameters)
            result = read.map(used)
        }
        let writing = Work {
            memory.position = 0
            object.write(to: memory.append)
        }
        var digest = SHA256.hash(data: [])
        let hashing = Work { digest = SHA256.hash(data: memory.bytes) }
        let timings = conditions.loop.measure([direction == .write ? writing : reading, hashing])
        // What was written last is read, whichever was timed, and written again.
        writing.body()
        reading.body()
        guard let read, let result, digest == SHA256.hash(data: memory.bytes) else {
            throw WrongResult(row, "what was written is not read")
        }
        guard Data(memory.bytes) == read.serialized() else {
            throw WrongResult(row, "what was read is not what was written")
        }
        let ciphertext = try decrypted(result)
        try fixture.check(ciphertext, self.object == .evaluationKeys ? fixture.products : fixture.chain.message, &row)
        row["bytes"] = .integer(memory.bytes.count)
        row["bytesOnWire"] = nil
        row["gigabytesPerSecond"] = .number(Double(memory.bytes.count) / timings[0].nanoseconds)
        row["hashNanoseconds"] = .number(timings[1].nanoseconds)
        row["ratioToHash"] = .number(timings[0].nanoseconds / timings[1].nanoseconds)
        row.set(timings[0])
        return row
    }
}

/// Bytes that an object is written over, and read from.
private final class Memory {
    private(set) var bytes: [UInt8]
    var position = 0

    init(_ object: Data) { bytes = Array(object) }

    func append(_ piece: UnsafeRawBufferPointer) {
        bytes.withUnsafeMutableBytes { bytes in
            UnsafeMutableRawBufferPointer(rebasing: bytes[position..<position + piece.count]).copyMemory(from: piece)
        }
        position += piece.count
    }

    func next(_ piece: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(piece.count, bytes.count - position)
        bytes.withUnsafeBytes { bytes in
            piece.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
        }
        position += count
        return count
    }
}
