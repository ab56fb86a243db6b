import CKKS
import Harness
import Ring
import Spectra

/// Changes of a residue number system, each beside the transforms that it needs anyway.
struct ResidueNumberBenchmark: Benchmark {
    enum Operation: String {
        /// A digit extended to other primes (mod-up): a conversion between transforms.
        case convert
        /// Division by the last prime.
        case rescale
        /// Division by the special primes.
        case modDown
    }

    let operation: Operation
    let literal: ParametersLiteral

    private var degree: Int { literal.degree }
    /// Bit lengths of the primes: those of the digit or the divisor last.
    private var primeBits: [Int] {
        let all = literal.primeBits + literal.specialPrimeBits
        // The shortest chain is for one multiplication without rescaling; 98 bits can be two primes as well.
        return operation == .rescale && literal.primeBits.count > 1 ? literal.primeBits : all
    }
    /// How many primes are converted from.
    private var sources: Int { operation == .rescale ? 1 : literal.specialPrimeBits.count }
    private var targets: Int { primeBits.count - sources }

    static var all: [ResidueNumberBenchmark] {
        ParametersLiteral.measured.flatMap { literal in
            [.convert, .rescale, .modDown].map { ResidueNumberBenchmark(operation: $0, literal: literal) }
        }
    }

    func threadCounts(upTo limit: Int) -> [Int] { [1] }

    func row() -> Row {
        var row = Row("rns.\(operation.rawValue)")
        row["n"] = .integer(degree)
        switch operation {
        case .convert:
            row["primes"] = .integer(sources)
            row["targets"] = .integer(targets)
        case .rescale: row["primes"] = .integer(primeBits.count)
        case .modDown:
            row["primes"] = .integer(targets)
            row["specialPrimes"] = .integer(sources)
        }
        row["logQP"] = .integer(primeBits.reduce(0, +))
        return row
    }

    func measure(_ conditions: Conditions) throws -> Row {
        let basis = try CKKSParameters(literal, backend: conditions.backend).chain.full.prefix(primeBits.count)
        let sample = SampleNumbers(basis: basis, sources: sources, degree: degree)
        var row = conditions.row(of: self)
        let timings =
            operation == .convert
            ? try measureExtension(conditions, basis, sample, row) : try measureDivision(conditions, basis, sample, row)
        row["transformNanoseconds"] = .number(timings[1].nanoseconds)
        row["ratioToTransforms"] = .number(timings[0].nanoseconds / timings[1].nanoseconds)
        row.set(timings[0])
        return row
    }

    /// - Returns: the timings of the operation and of its transforms.
    private func measureExtension(
        _ conditions: Conditions, _ basis: RNSBasis, _ sample: SampleNumbers, _ row: Row
    ) throws -> [Timing] {
        let digit = BasisExtension(digit: targets..<basis.count, of: basis)
        let workspace = RNSWorkspace(degree: degree, count: sources)
        let input = Held(sample.polynomial(hasQuotient: false, over: basis))
        let output = Held(RNSPolynomial<LazyEvaluation>(zeroOf: basis))
        let timings = conditions.loop.measure([
            Work { digit.extend(input.polynomial!, into: &output.polynomial!, workspace: workspace) },
            transforms(of: input, basis),
        ])
        try check(output.taken().reduced().interpolated(), sample.remainders, row)
        return timings
    }

    private func measureDivision(
        _ conditions: Conditions, _ basis: RNSBasis, _ sample: SampleNumbers, _ row: Row
    ) throws -> [Timing] {
        let division = RoundedDivision(basis: basis, divisorCount: sources)
        let workspace = RNSWorkspace(degree: degree, count: division.usefulWorkspace)
        let input = Held(sample.polynomial(hasQuotient: true, over: basis))
        let work = Held(RNSPolynomial<Evaluation>(zeroOf: basis))
        let timings = conditions.loop.measure([
            Work(operations: 1, restore: { input.polynomial!.copy(to: &work.polynomial!) }) {
                work.polynomial = division.divide(work.taken(), workspace: workspace)
            },
            transforms(of: input, basis),
        ])
        try check(work.taken().interpolated(), sample.quotients, row)
        return timings
    }

    /// The transforms that the operation needs: an inverse one for each source, a forward one for each target, each
    /// on a limb of its own.
    private func transforms(of input: Held<Evaluation>, _ basis: RNSBasis) -> Work {
        let work = Held(RNSPolynomial<Evaluation>(zeroOf: basis))
        return Work(operations: 1, restore: { input.polynomial!.copy(to: &work.polynomial!) }) {
            for (index, ring) in basis.rings.enumerated() {
                let kernels = ring.backend.kernels
                work.polynomial!.withMutableLimb(index) { limb in
                    ring.withTables { tables in
                        if index < targets {
                            kernels.pointee.ntt_forward(limb.baseAddress, tables)
                        } else {
                            kernels.pointee.ntt_inverse(limb.baseAddress, tables)
                        }
                    }
                }
            }
        }
    }

    /// Every coefficient of every limb, against numbers that are known.
    private func check(
        _ found: consuming RNSPolynomial<Coefficient>, _ expected: (Modulus) -> [UInt64], _ row: Row
    ) throws {
        for (index, modulus) in found.basis.moduli.enumerated() {
            let agrees = found.withLimb(index) { limb in limb.elementsEqual(expected(modulus)) }
            guard agrees else { throw WrongResult(row, "wrong modulo \(modulus)") }
        }
    }
}

/// A polynomial that works share; work that consumes it puts another in its place.
private final class Held<Domain: PolynomialDomain> {
    var polynomial: RNSPolynomial<Domain>?

    init(_ polynomial: consuming RNSPolynomial<Domain>) { self.polynomial = consume polynomial }

    func taken() -> RNSPolynomial<Domain> { polynomial.take()! }
}

/// Integers whose remainder and quotient by the product P of some primes are known: x = y P + r, the remainder
/// r = s P / p_0 + t of any size up to P/2, for random y, s and t.
private struct SampleNumbers {
    private let divisors: [Modulus]
    private var terms: [(y: Int, s: Int, t: Int)]

    init(basis: RNSBasis, sources: Int, degree: Int) {
        divisors = Array(basis.moduli.suffix(sources))
        let largest = Int(divisors[0].value / 2) - 1
        // |t| stays below P / p_0, which is 1 for a single prime.
        let small = sources == 1 ? 0 : 1 << 25
        var generator = SplitMix64(seed: 1)
        terms = (0..<degree).map { _ in
            (
                .random(in: -(1 << 38)...1 << 38, using: &generator),
                .random(in: -largest...largest, using: &generator),
                .random(in: -small...small, using: &generator)
            )
        }
    }

    /// y modulo a prime.
    func quotients(_ modulus: Modulus) -> [UInt64] { terms.map { residue($0.y, modulus) } }

    /// r modulo a prime.
    func remainders(_ modulus: Modulus) -> [UInt64] {
        let cofactor = product(divisors.dropFirst(), modulus)
        return terms.map { multiplyAdd(residue($0.s, modulus), cofactor, residue($0.t, modulus), modulus) }
    }

    /// x, or r alone, as evaluations.
    func polynomial(hasQuotient: Bool, over basis: RNSBasis) -> RNSPolynomial<Evaluation> {
        var polynomial = RNSPolynomial<Coefficient>(zeroOf: basis)
        for (index, modulus) in basis.moduli.enumerated() {
            let divisor = hasQuotient ? product(divisors[...], modulus) : 0
            let values = zip(quotients(modulus), remainders(modulus)).map { multiplyAdd($0, divisor, $1, modulus) }
            polynomial.withMutableLimb(index) { _ = $0.update(fromContentsOf: values) }
        }
        return polynomial.evaluated().reduced()
    }

    private func residue(_ x: Int, _ modulus: Modulus) -> UInt64 {
        let remainder = x % Int(modulus.value)
        return UInt64(remainder < 0 ? remainder + Int(modulus.value) : remainder)
    }

    private func multiplyAdd(_ x: UInt64, _ y: UInt64, _ z: UInt64, _ modulus: Modulus) -> UInt64 {
        (modulus.value.dividingFullWidth(x.multipliedFullWidth(by: y)).remainder + z) % modulus.value
    }

    private func product(_ primes: ArraySlice<Modulus>, _ modulus: Modulus) -> UInt64 {
        primes.reduce(1) { multiplyAdd($0, $1.value % modulus.value, 0, modulus) }
    }
}
