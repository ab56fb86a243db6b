import Testing

@testable import Ring

struct PolynomialTests {
    /// Multiplication through the transform is multiplication modulo X^n + 1, on every backend.
    @Test func productsAreNegacyclicConvolutions() throws {
        let modulus = try Modulus.primes(bits: 49, congruentToOneModulo: 1 << 17, count: 1)[0]
        for backend in Backend.available {
            let ring = try PolynomialRing(degree: 1024, modulus: modulus, backend: backend)
            let mask = (0..<1024).map { _ in UInt32.random(in: 0..<1 << 24) }
            let secret = (0..<1024).map { _ in Int8.random(in: -1...1) }
            let product = mask.withUnsafeBufferPointer { mask in
                secret.withUnsafeBufferPointer { secret in
                    var low24 = [UInt32](repeating: 0, count: 1024)
                    let multiplier = Multiplier(Polynomial<Coefficient>(ring: ring, secret: secret))
                    Polynomial<Coefficient>(ring: ring, coefficients: mask).evaluated()
                        .multiplied(by: multiplier).interpolated().copyCentredLow24(to: &low24)
                    return low24
                }
            }
            #expect(product == schoolbook(mask, secret).map { UInt32(truncatingIfNeeded: $0) & 0xff_ffff })
        }
    }

    private func schoolbook(_ x: [UInt32], _ y: [Int8]) -> [Int64] {
        var product = [Int64](repeating: 0, count: x.count)
        for (i, a) in x.enumerated() {
            for (j, b) in y.enumerated() where b != 0 {
                let term = Int64(a) * Int64(b)
                if i + j < x.count { product[i + j] += term } else { product[i + j - x.count] -= term }
            }
        }
        return product
    }
}
