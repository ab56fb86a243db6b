import CKKS
import Harness
import Ring

/// Encoding a message that fills all slots, or decoding it.
struct EncoderBenchmark: Benchmark {
    enum Operation: String, CaseIterable {
        case encode, decode
    }

    let operation: Operation
    let literal: ParametersLiteral

    static var all: [EncoderBenchmark] {
        ParametersLiteral.measured.filter { $0.degree >= 8192 }.flatMap { literal in
            Operation.allCases.map { EncoderBenchmark(operation: $0, literal: literal) }
        }
    }

    func threadCounts(upTo limit: Int) -> [Int] { [1] }

    func row() -> Row { Row("ckks.\(operation.rawValue)", literal) }

    func measure(_ conditions: Conditions) throws -> Row {
        let fixture = try ChainFixture(literal, backend: conditions.backend)
        let (encoder, scale) = (fixture.parameters.encoder, fixture.parameters.scale)
        let encoded = try fixture.encode(fixture.message)
        var decoded: [Complex] = []
        var row = conditions.row(of: self)
        let timing: Timing
        switch operation {
        case .encode:
            timing = conditions.loop.measure(
                Work {
                    // Refused messages leave no plaintext.
                    encoded.plaintext = try? encoder.encode(
                        fixture.message, scale: scale, workspace: fixture.workspace)
                })
            row["bytes"] = .integer(literal.primeBits.count * literal.degree * MemoryLayout<UInt64>.stride)
            decoded = try encoded.decoded(by: encoder, row)
        case .decode:
            timing = conditions.loop.measure(
                Work { decoded = encoder.decode(encoded.plaintext!, workspace: fixture.workspace) })
            row["bytes"] = .integer(fixture.message.count * MemoryLayout<Complex>.stride)
        }
        try fixture.checkMessage(decoded, &row)
        row.set(timing)
        return row
    }
}
