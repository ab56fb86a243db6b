import CKernels
import Testing

@Suite("Sums of products")
struct DotTests {
    /// sum_t x[t][i] y[t][i] R^-1 mod q, by the definition.
    private func expected(_ x: [[UInt64]], _ y: [[UInt64]], count: Int, modulo q: UInt64) -> [UInt64] {
        let inverseR = power((1 << montgomeryBits) % q, q - 2, modulo: q)
        return (0..<count).map { i in
            let sum = zip(x, y).reduce(0) { ($0 + multiply($1.0[i], $1.1[i], modulo: q)) % q }
            return multiply(sum, inverseR, modulo: q)
        }
    }

    /// Checks both kernels on x and two y, the outputs apart and in place of each input that they may replace.
    private func check(
        _ backend: Backend, _ q: UInt64, _ x: [[UInt64]], _ y: [[[UInt64]]], count: Int,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let kernels = backend.kernels
        let terms = x.count
        let sums = y.map { expected(x, $0, count: count, modulo: q) }
        let circumstances = "\(terms) terms, \(count) values"
        /// Runs a kernel on fresh inputs; `outputs` may replace some of them by outputs.
        func run(
            _ place: String,
            _ outputs: (_ x: inout [Buffer<UInt64>], _ y: inout [[Buffer<UInt64>]]) -> [Buffer<UInt64>]
        ) {
            var xBuffers = x.map { Buffer(input: $0) }
            var yBuffers = y.map { $0.map { Buffer(input: $0) } }
            let out = outputs(&xBuffers, &yBuffers)
            withUnsafePointer(to: makeModulus(q)) { modulus in
                withTable(of: xBuffers) { x in
                    withTable(of: yBuffers[0]) { y0 in
                        withTable(of: yBuffers[1]) { y1 in
                            if out.count == 1 {
                                withPointers(out[0]) { kernels.dot($0, x, y0, terms, count, modulus) }
                            } else {
                                withPointers(out[0], out[1]) {
                                    kernels.dot2($0, $1, x, y0, y1, terms, count, modulus)
                                }
                            }
                        }
                    }
                }
            }
            for (index, buffer) in out.enumerated() {
                expect(
                    buffer, equals: sums[index], "dot\(out.count)[\(index)] \(place), \(circumstances)",
                    sourceLocation: sourceLocation)
            }
        }
        func apart() -> Buffer<UInt64> { Buffer(output: count) }
        func inPlace(of buffer: inout Buffer<UInt64>) -> Buffer<UInt64> {
            buffer = Buffer(inPlace: buffer.values)
            return buffer
        }
        run("apart") { _, _ in [apart()] }
        run("apart") { _, _ in [apart(), apart()] }
        guard terms > 0 else { return }
        let last = terms - 1
        run("in place of the first x") { x, _ in [inPlace(of: &x[0])] }
        run("in place of the last y") { _, y in [inPlace(of: &y[0][last])] }
        run("in place of the last x and the first y") { x, y in [inPlace(of: &x[last]), inPlace(of: &y[0][0])] }
        run("in place of each other's y") { _, y in [inPlace(of: &y[1][0]), inPlace(of: &y[0][0])] }
    }

    private func lazy(_ q: UInt64, count: Int, seed: UInt64) -> [UInt64] {
        mixture(of: [0, 1, q - 1, q, 7 * q, low52 - 1, low52], below: low52 + 1, count: count, seed: seed)
    }

    private func canonical(_ q: UInt64, count: Int, seed: UInt64) -> [UInt64] {
        mixture(of: [q - 1, 0, q - 1, 1, q / 2, q - 2], below: q, count: count, seed: seed)
    }

    @Test("sums of products agree with the definition", arguments: Backend.all, ModulusCase.all)
    func sums(backend: Backend, parameters: ModulusCase) {
        let q = parameters.q
        let shapes = lengths.map { (3, $0) } + [0, 1, 2, 6, 7, 8, 9, 31, 64].flatMap { [($0, 9), ($0, 77)] }
        for (terms, count) in shapes {
            let seeds = (0..<UInt64(terms)).map { 3 * $0 }
            let x = seeds.map { lazy(q, count: count, seed: $0) }
            let y = (1...2).map { k in seeds.map { canonical(q, count: count, seed: $0 + k) } }
            check(backend, q, x, y, count: count)
        }
    }

    @Test("the largest sums do not overflow", arguments: Backend.all, ModulusCase.all)
    func extremes(backend: Backend, parameters: ModulusCase) {
        let q = parameters.q
        for terms in [7, 8, 4096] {
            // y = q - 1 makes the high parts as large as they get, y = 1 the low parts: all ones.
            let x = [UInt64](repeating: low52, count: 9)
            let y: [UInt64] = [q - 1, q - 1, q - 2, q - 1, 1, 1, q / 2, 1, q - 1]
            let (xs, ys) = (Array(repeating: x, count: terms), Array(repeating: y, count: terms))
            check(backend, q, xs, [ys, ys], count: 9)
        }
    }

    @Test("streams of plaintexts agree with the definition", arguments: Backend.all, ModulusCase.all)
    func streams(backend: Backend, parameters: ModulusCase) {
        let q = parameters.q
        for width in [8, 16, 32] {
            for (sumCount, terms) in [(0, 3), (2, 0), (1, 1), (3, 2), (2, 7), (2, 8), (5, 33)] {
                let plaintexts = (0..<sumCount * terms).map { lazy(q, count: width, seed: UInt64($0)) }
                let ciphertexts = (0..<2 * terms).map { canonical(q, count: width, seed: UInt64($0)) }
                checkStream(backend, q, plaintexts, ciphertexts, sumCount: sumCount, width: width)
            }
            let (x, y) = ([UInt64](repeating: low52, count: width), [UInt64](repeating: q - 1, count: width))
            checkStream(
                backend, q, Array(repeating: x, count: 2 * 4096), Array(repeating: y, count: 2 * 4096),
                sumCount: 2, width: width)
        }
    }

    private func checkStream(
        _ backend: Backend, _ q: UInt64, _ plaintexts: [[UInt64]], _ ciphertexts: [[UInt64]], sumCount: Int,
        width: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let terms = ciphertexts.count / 2
        let components = (0..<2).map { k in (0..<terms).map { ciphertexts[2 * $0 + k] } }
        let sums = (0..<sumCount).flatMap { s in
            components.flatMap {
                expected(Array(plaintexts[s * terms..<(s + 1) * terms]), $0, count: width, modulo: q)
            }
        }
        let out = Buffer<UInt64>(output: 2 * sumCount * width)
        withUnsafePointer(to: makeModulus(q)) { modulus in
            withPointers(out, Buffer(input: plaintexts.flatMap(\.self)), Buffer(input: ciphertexts.flatMap(\.self))) {
                backend.kernels.dot2_stream($0, $1, $2, sumCount, terms, width, modulus)
            }
        }
        expect(
            out, equals: sums, "\(sumCount) sums of \(terms) terms, \(width) wide", sourceLocation: sourceLocation)
    }
}
