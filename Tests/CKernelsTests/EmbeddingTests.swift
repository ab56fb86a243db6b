import CKernels
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

#if arch(x86_64)
    /// More precise than the kernels' numbers, so that what differs is the kernels' error.
    private typealias Wide = Float80
#else
    private typealias Wide = Double
#endif

private struct WideComplex {
    var real: Wide
    var imaginary: Wide

    func plus(_ other: Self) -> Self {
        Self(real: real + other.real, imaginary: imaginary + other.imaginary)
    }

    func minus(_ other: Self) -> Self {
        Self(real: real - other.real, imaginary: imaginary - other.imaginary)
    }

    func times(_ other: Self) -> Self {
        Self(
            real: real * other.real - imaginary * other.imaginary,
            imaginary: real * other.imaginary + imaginary * other.real)
    }

    /// exp(2 pi i numerator / denominator)
    static func root(_ numerator: Int, of denominator: Int) -> Self {
        let angle = 2 * Wide.pi * Wide(numerator % denominator) / Wide(denominator)
        return Self(real: cos(angle), imaginary: sin(angle))
    }
}

/// The tables of an embedding, and what it means.
private final class Embedding {
    let logN: Int
    let n: Int
    private let roots: Buffer<Double>
    private let tailRoots: Buffer<Double>

    init(logN: Int) {
        self.logN = logN
        let n = 1 << logN
        self.n = n
        var roots = [Double](repeating: .nan, count: 2 * n)
        for depth in 0..<logN {
            for (j, exponent) in Self.powersOf5(count: 1 << depth, modulo: 8 << depth).enumerated() {
                let index = 1 << depth + reverseBits(j, count: depth)
                let root = WideComplex.root(exponent, of: 8 << depth)
                roots[2 * index] = Double(root.real)
                roots[2 * index + 1] = Double(root.imaginary)
            }
        }
        let tail = (0..<n / 64).flatMap { b in
            (0..<3).flatMap { layer in
                (0..<1 << layer).flatMap { k in
                    let nodes = [0, 1, 4, 5, 2, 3, 6, 7].map { a in (n / 8 + a * n / 64 + b) << layer + k }
                    return nodes.map { roots[2 * $0] } + nodes.map { roots[2 * $0 + 1] }
                }
            }
        }
        self.roots = Buffer(input: roots)
        tailRoots = Buffer(input: tail)
    }

    static func powersOf5(count: Int, modulo modulus: Int) -> [Int] {
        var powers: [Int] = []
        var power = 1
        for _ in 0..<count {
            powers.append(power)
            power = power * 5 % modulus
        }
        return powers
    }

    func withTables<Result>(_ body: (UnsafePointer<msfhe_embedding_tables>) -> Result) -> Result {
        withPointers(roots, tailRoots) { roots, tailRoots in
            let tables = msfhe_embedding_tables(log_n: UInt32(logN), roots: roots, tail_roots: tailRoots)
            return withUnsafePointer(to: tables, body)
        }
    }

    func forward(_ backend: Backend, _ coefficients: [Double], offset: Int = 0) -> [Double] {
        let real = Buffer(inPlace: Array(coefficients[..<n]))
        let imaginary = Buffer(inPlace: Array(coefficients[n...]))
        let slots = Buffer<Double>(output: 2 * n, offset: offset)
        withPointers(slots, real, imaginary) { slots, real, imaginary in
            withTables { backend.kernels.embedding_forward(slots, real, imaginary, $0) }
        }
        #expect(slots.guardsAreIntact && real.guardsAreIntact && imaginary.guardsAreIntact)
        return slots.values
    }

    /// n times the coefficients.
    func inverse(_ backend: Backend, _ slots: [Double], offset: Int = 0) -> [Double] {
        let input = Buffer(input: slots, offset: offset)
        let real = Buffer<Double>(output: n, offset: offset)
        let imaginary = Buffer<Double>(output: n, offset: offset)
        withPointers(real, imaginary, input) { real, imaginary, input in
            withTables { backend.kernels.embedding_inverse(real, imaginary, input, $0) }
        }
        #expect(real.guardsAreIntact && imaginary.guardsAreIntact)
        return real.values + imaginary.values
    }

    /// The slots by their definition.
    func valuesByDefinition(_ coefficients: [Double]) -> [WideComplex] {
        Self.powersOf5(count: n, modulo: 4 * n).map { exponent in
            coefficients.enumerated().reduce(WideComplex(real: 0, imaginary: 0)) { sum, term in
                let root = WideComplex.root(exponent * term.offset, of: 4 * n)
                return sum.plus(WideComplex(real: Wide(term.element), imaginary: 0).times(root))
            }
        }
    }

    /// The slots by a radix-2 transform in wide numbers, halving the polynomial modulo X^n - i by even and odd
    /// slots.
    func wideValues(_ coefficients: [Double]) -> [WideComplex] {
        func values(_ polynomial: [WideComplex], exponent: Int, step: Int) -> [WideComplex] {
            let half = polynomial.count / 2
            guard half > 0 else { return polynomial }
            // The slots j0, j0 + step, ... share the exponent modulo 4 step; the even ones among them share more.
            let root = WideComplex.root(exponent, of: 8 * step)
            let products = polynomial[half...].map { $0.times(root) }
            let even = zip(polynomial[..<half], products).map { $0.plus($1) }
            let odd = zip(polynomial[..<half], products).map { $0.minus($1) }
            let next = (0..<step).reduce(exponent) { power, _ in power * 5 % (16 * n) }
            let parts = [
                values(even, exponent: exponent, step: 2 * step), values(odd, exponent: next, step: 2 * step),
            ]
            return (0..<polynomial.count).map { parts[$0 % 2][$0 / 2] }
        }
        let polynomial = (0..<n).map {
            WideComplex(real: Wide(coefficients[$0]), imaginary: Wide(coefficients[n + $0]))
        }
        return values(polynomial, exponent: 1, step: 1)
    }
}

private func norm(_ values: some Sequence<Wide>) -> Wide {
    values.reduce(0) { $0 + $1 * $1 }.squareRoot()
}

private func flat(_ values: [WideComplex]) -> [Wide] { values.flatMap { [$0.real, $0.imaginary] } }

/// The error's 2-norm over that of the exact values.
private func relativeError(_ found: [Double], _ exact: [Wide]) -> Wide {
    norm(zip(found, exact).map { Wide($0) - $1 }) / max(norm(exact), .leastNormalMagnitude)
}

/// The bound that CKernels.h states, with its terms of higher order.
private func bound(logN: Int) -> Wide { 4.25 * Wide(logN) * 0x1p-53 * (1 + 0x1p-40) }

@Suite("Canonical embedding")
struct EmbeddingTests {
    private static let allLogN = 0...15

    /// Polynomials with all sorts of coefficients.
    private func inputs(count: Int) -> [[Double]] {
        var generator = TestGenerator(seed: UInt64(count))
        let random = (0..<count).map { _ in Double.random(in: -1...1, using: &generator) }
        let wide = random.map { $0 * pow(2, Double.random(in: -40...40, using: &generator)) }
        var monomial = [Double](repeating: 0, count: count)
        monomial[count - 1] = 3
        return [random, wide, monomial, [Double](repeating: 1e100, count: count)]
    }

    @Test("the wide reference is the definition", arguments: 0...7)
    func reference(logN: Int) {
        let embedding = Embedding(logN: logN)
        let input = inputs(count: 2 * embedding.n)[0]
        let defined = flat(embedding.valuesByDefinition(input))
        let error = norm(zip(flat(embedding.wideValues(input)), defined).map { $0 - $1 }) / norm(defined)
        #expect(error < 16 * Wide.ulpOfOne * Wide(logN + 1))
    }

    #if arch(x86_64)
        @Test("both directions stay within the stated error", arguments: Backend.all, allLogN)
        func errorBound(backend: Backend, logN: Int) {
            let embedding = Embedding(logN: logN)
            for input in inputs(count: 2 * embedding.n) {
                let exact = embedding.wideValues(input)
                let found = embedding.forward(backend, input)
                let forward = relativeError(found, flat(exact))
                #expect(forward <= bound(logN: logN), "forward, n = 2^\(logN)")

                // The inverse of what was found, exactly, is the input plus the forward error over sqrt(n).
                let back = embedding.inverse(backend, found)
                let scale = Wide(embedding.n)
                let roundTrip = relativeError(back, input.map { Wide($0) * scale })
                #expect(roundTrip <= 2 * bound(logN: logN), "there and back, n = 2^\(logN)")
            }
        }
    #endif

    @Test("backends agree within twice the stated error", arguments: Backend.all, allLogN)
    func agreement(backend: Backend, logN: Int) {
        let embedding = Embedding(logN: logN)
        for input in inputs(count: 2 * embedding.n) {
            let forward = embedding.forward(.specification, input)
            #expect(
                relativeError(embedding.forward(backend, input), forward.map { Wide($0) }) <= 2 * bound(logN: logN))
            let inverse = embedding.inverse(.specification, input)
            #expect(
                relativeError(embedding.inverse(backend, input), inverse.map { Wide($0) }) <= 2 * bound(logN: logN))
        }
    }

    @Test("arrays may have any alignment", arguments: Backend.all, [3, 6, 7, 8, 11])
    func alignment(backend: Backend, logN: Int) {
        let embedding = Embedding(logN: logN)
        let input = inputs(count: 2 * embedding.n)[0]
        #expect(embedding.forward(backend, input, offset: 8) == embedding.forward(backend, input))
        #expect(embedding.inverse(backend, input, offset: 8) == embedding.inverse(backend, input))
    }

    @Test("X to X^5 rotates the slots by one", arguments: Backend.all, [1, 2, 5, 6, 9, 12])
    func rotation(backend: Backend, logN: Int) {
        let embedding = Embedding(logN: logN)
        let count = 2 * embedding.n
        let input = inputs(count: count)[0]
        var rotated = [Double](repeating: 0, count: count)
        for (index, coefficient) in input.enumerated() {
            let exponent = 5 * index % (2 * count)
            rotated[exponent % count] = exponent < count ? coefficient : -coefficient
        }
        let slots = embedding.forward(backend, input)
        let expected = (Array(slots[2...]) + slots[..<2]).map { Wide($0) }
        #expect(relativeError(embedding.forward(backend, rotated), expected) <= 2 * bound(logN: logN))
    }

    @Test("a slot that is not finite leaves coefficients that are not", arguments: Backend.all, [0, 5, 6, 10])
    func notFinite(backend: Backend, logN: Int) {
        let embedding = Embedding(logN: logN)
        for bad in [Double.nan, .infinity, -.infinity] {
            for place in [0, embedding.n, 2 * embedding.n - 1] {
                var slots = inputs(count: 2 * embedding.n)[0]
                slots[place] = bad
                let found = embedding.inverse(backend, slots)
                #expect(found.contains { !$0.isFinite }, "slot \(place / 2)")
            }
        }
    }
}
