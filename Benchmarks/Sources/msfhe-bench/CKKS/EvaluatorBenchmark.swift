import CKKS
import Harness
import RLWE
import Ring

/// An operation on ciphertexts at the highest level, without secrets.
struct EvaluatorBenchmark: Benchmark {
    enum Operation: String, CaseIterable {
        case add, multiplyPlain, multiply, relinearize, rescale, rotate
        /// One rotation more of a ciphertext that is rotated anyway.
        case rotateHoisted
        case multiplyRelinearizeRescale
    }

    let operation: Operation
    let literal: ParametersLiteral

    /// Chains that allow a multiplication, up to the degree whose keys still fit common memory.
    static let literals = [ParametersLiteral.n8192TwoLevels, .n16384, .n32768]

    static var all: [EvaluatorBenchmark] {
        literals.flatMap { literal in
            Operation.allCases.map { EvaluatorBenchmark(operation: $0, literal: literal) }
        }
            + [.rotate, .multiplyRelinearizeRescale].map {
                EvaluatorBenchmark(operation: $0, literal: .n16384EightLevels)
            }
    }

    /// Rotations of one ciphertext beside its first, whose time is shared among them.
    private static let furtherRotations = 4

    func threadCounts(upTo limit: Int) -> [Int] { operation == .rotate && limit > 1 ? [1, limit] : [1] }

    func row() -> Row { Row("ckks.\(operation.rawValue)", literal) }

    func measure(_ conditions: Conditions) throws -> Row {
        let fixture = try self.fixture(conditions)
        let (evaluator, chain) = (fixture.evaluator, fixture.parameters.chain)
        let (first, second) = (fixture.first, fixture.second)
        switch operation {
        case .add:
            let sums = fixture.messages { Complex($0.real + $1.real, $0.imaginary + $1.imaginary) }
            return try measured(fixture, conditions, expected: sums) { try? evaluator.add(first, second) }
        case .multiplyPlain:
            let encoded = try fixture.chain.encode(fixture.chain.secondMessage)
            return try measured(fixture, conditions, expected: fixture.products) {
                try? evaluator.multiply(first, encoded.plaintext!)
            }
        case .multiply:
            return try measured(fixture, conditions, expected: fixture.products) {
                try? evaluator.multiply(first, second)
            }
        case .relinearize:
            let product = try evaluator.multiply(first, second)
            return try measured(fixture, conditions, expected: fixture.products, keySwitching(chain)) {
                try? evaluator.relinearize(product)
            }
        case .rescale:
            let encoded = try fixture.chain.encode(fixture.chain.secondMessage)
            let product = try evaluator.multiply(first, encoded.plaintext!)
            let count = TransformCount.division(by: 1, remaining: chain.primeCount - 1)
            return try measured(fixture, conditions, expected: fixture.products, count) {
                try? evaluator.rescale(product)
            }
        case .rotate:
            return try measured(fixture, conditions, expected: fixture.rotated(by: 1), keySwitching(chain)) {
                try? evaluator.rotate(first, by: 1)
            }
        case .rotateHoisted: return try measuredHoisted(fixture, conditions)
        case .multiplyRelinearizeRescale:
            let count =
                .keyProduct(chain)
                + TransformCount.division(by: chain.specialCount + 1, remaining: chain.primeCount - 1)
            return try measured(fixture, conditions, expected: fixture.products, count) {
                try? evaluator.multiplyRelinearizeRescale(first, second)
            }
        }
    }

    /// The keys that the operation needs, and no others: those of large rings are large.
    private func fixture(_ conditions: Conditions) throws -> SchemeFixture {
        switch operation {
        case .add, .multiplyPlain, .multiply, .rescale: try SchemeFixture(literal, conditions)
        case .relinearize, .multiplyRelinearizeRescale:
            try SchemeFixture(literal, conditions, relinearization: true)
        case .rotate: try SchemeFixture(literal, conditions, rotations: [1])
        case .rotateHoisted:
            try SchemeFixture(literal, conditions, rotations: Array(1...Self.furtherRotations + 1))
        }
    }

    /// A product with a switching key, divided by the special primes.
    private func keySwitching(_ chain: ModulusChain) -> TransformCount {
        .keyProduct(chain) + .division(by: chain.specialCount, remaining: chain.primeCount)
    }

    private func measured(
        _ fixture: SchemeFixture, _ conditions: Conditions, expected: [Complex],
        _ count: TransformCount = TransformCount(), _ operation: @escaping () -> Ciphertext?
    ) throws -> Row {
        var row = conditions.row(of: self)
        var result: Ciphertext?
        fixture.measure([Work { result = operation() }], count, conditions, &row)
        try fixture.check(result, expected, &row)
        return row
    }

    /// The time of several rotations of one ciphertext that a single one does not explain, shared among those after the
    /// first: what taking the ciphertext apart for all of them costs beside what a single rotation does is theirs too.
    private func measuredHoisted(_ fixture: SchemeFixture, _ conditions: Conditions) throws -> Row {
        let (evaluator, chain, first) = (fixture.evaluator, fixture.parameters.chain, fixture.first)
        let steps = Array(1...Self.furtherRotations + 1)
        var row = conditions.row(of: self)
        var (results, single): ([Ciphertext]?, Ciphertext?)
        fixture.measure(
            [
                Work { results = try? evaluator.rotate(first, by: steps) },
                Work { single = try? evaluator.rotate(first, by: 1) },
            ],
            .division(by: chain.specialCount, remaining: chain.primeCount), conditions, &row
        ) { timings in
            let (all, one) = (timings[0], timings[1])
            let count = Double(Self.furtherRotations)
            return Timing(
                nanoseconds: (all.nanoseconds - one.nanoseconds) / count,
                medianNanoseconds: (all.medianNanoseconds - one.medianNanoseconds) / count,
                samples: min(all.samples, one.samples), spread: max(all.spread, one.spread))
        }
        try fixture.check(single, fixture.rotated(by: 1), &row)
        guard let results else { throw WrongResult(row, "the rotations are refused") }
        for (steps, result) in zip(steps, results) { try fixture.check(result, fixture.rotated(by: steps), &row) }
        return row
    }
}
