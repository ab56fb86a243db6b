import CKKS
import Harness
import Ring

/// Encoding a message that fills all slots, or decoding it.
struct EncoderBenchmark: Benchmark {
    enum Operation: String, CaseIterable {
        case encode, decode
    }

    let operation: Operation
    let chain: ModulusChain

    static var all: [EncoderBenchmark] {
        ModulusChain.all.filter { $0.degree >= 8192 }.flatMap { chain in
            Operation.allCases.map { EncoderBenchmark(operation: $0, chain: chain) }
        }
    }

    func threadCounts(upTo limit: Int) -> [Int] { [1] }

    func row() -> Row { ChainFixture.row("ckks.\(operation.rawValue)", chain) }

    func measure(_ conditions: Conditions) throws -> Row {
        let fixture = try ChainFixture(chain, backend: conditions.backend)
        let (encoder, workspace) = (fixture.encoder, fixture.workspace)
        let encoded = Encoded(try encoder.encode(fixture.message, scale: ChainFixture.scale, workspace: workspace))
        var decoded: [Complex] = []
        var row = conditions.row(of: self)
        let timing: Timing
        switch operation {
        case .encode:
            timing = conditions.loop.measure(
                Work {
                    // Refused messages leave no plaintext.
                    encoded.plaintext = try? encoder.encode(
                        fixture.message, scale: ChainFixture.scale, workspace: workspace)
                })
            row["bytes"] = .integer(chain.primes.count * chain.degree * MemoryLayout<UInt64>.stride)
        case .decode:
            timing = conditions.loop.measure(
                Work { decoded = encoder.decode(encoded.plaintext!, workspace: workspace) })
            row["bytes"] = .integer(fixture.message.count * MemoryLayout<Complex>.stride)
        }
        if operation == .encode { decoded = try encoded.decoded(by: encoder, row) }
        try fixture.checkMessage(decoded, row)
        row.set(timing)
        return row
    }
}

/// The plaintext that works share.
private final class Encoded {
    var plaintext: Plaintext?

    init(_ plaintext: consuming Plaintext) { self.plaintext = consume plaintext }

    func decoded(by encoder: Encoder, _ row: Row) throws -> [Complex] {
        guard plaintext != nil else { throw WrongResult(row, "the message is refused") }
        return encoder.decode(plaintext!)
    }
}
