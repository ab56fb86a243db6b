import CKernels
import Ring
import Spectra

/// Arrays of random residues, one after the other, for kernels that work modulo a prime.
final class ResidueArray {
    let values: AlignedBuffer<UInt64>
    private let ring: PolynomialRing

    /// `count` canonical residues modulo the largest prime of 49 bits that serves every degree.
    init(count: Int) throws {
        let modulus = try Modulus.primes(bits: 49, congruentToOneModulo: 1 << 17, count: 1)[0]
        ring = try PolynomialRing(degree: 1024, modulus: modulus)
        values = AlignedBuffer(count: count)
        var generator = SplitMix64(seed: 1)
        values.withUnsafeMutableBufferPointer { values in
            for index in values.indices { values[index] = .random(in: 0..<modulus.value, using: &generator) }
        }
    }

    /// Calls `body` with the modulus as the kernels want it; the pointer must not outlive the call.
    func withModulus<Result>(_ body: (UnsafePointer<msfhe_modulus>) -> Result) -> Result {
        ring.withTables { withUnsafePointer(to: $0.pointee.modulus, body) }
    }

    /// The sum of x y R^-1 mod q, R = 2^52, by wide division: what the kernels' sums of products are defined to be.
    func montgomerySum(_ pairs: some Sequence<(UInt64, UInt64)>) -> UInt64 {
        let q = ring.modulus.value
        func product(_ x: UInt64, _ y: UInt64) -> UInt64 {
            q.dividingFullWidth(x.multipliedFullWidth(by: y)).remainder
        }
        // 2^-1 is (q + 1) / 2, and R^-1 its 52nd power.
        let inverseRadix = (0..<52).reduce(UInt64(1)) { power, _ in product(power, (q + 1) / 2) }
        return product(pairs.reduce(0) { ($0 + product($1.0, $1.1)) % q }, inverseRadix)
    }
}
