import CKernels

/// How a polynomial of a ring is represented; the domain is part of the type, so that mixing domains does not
/// compile.
public protocol PolynomialDomain {}

/// Coefficients in natural order, canonical.
public enum Coefficient: PolynomialDomain {}

/// Values at the odd powers of the root of unity, in the kernels' order, canonical.
public enum Evaluation: PolynomialDomain {}

/// The same values, not yet reduced: each is below 2^(bits + 3), which products take as they are.
public enum LazyEvaluation: PolynomialDomain {}

/// A polynomial modulo X^n + 1 and q.
///
/// Not copyable: a change of domain happens in place and consumes the value it came from, so no stale
/// representation is left behind, and a secret exists once.
public struct Polynomial<Domain: PolynomialDomain>: ~Copyable, Sendable {
    /// The ring that the polynomial belongs to.
    public let ring: PolynomialRing
    package let values: AlignedBuffer<UInt64>

    package init(ring: PolynomialRing, values: AlignedBuffer<UInt64>) {
        self.ring = ring
        self.values = values
    }
}

extension Polynomial where Domain == Coefficient {
    /// The polynomial whose coefficients are the n values in `coefficients`, each below q.
    package init(ring: PolynomialRing, coefficients: UnsafeBufferPointer<UInt32>) {
        precondition(coefficients.count == ring.degree, "a polynomial of the ring has \(ring.degree) coefficients")
        precondition(ring.modulus.bits > 32, "32-bit coefficients need a wider modulus")
        let values = AlignedBuffer<UInt64>(count: ring.degree)
        values.withUnsafeMutableBufferPointer { values in
            for index in values.indices { values[index] = UInt64(coefficients[index]) }
        }
        self.init(ring: ring, values: values)
    }

    /// The polynomial of the n small signed `coefficients`, in memory that is wiped when it is freed. Constant
    /// time in the coefficients.
    package init(ring: PolynomialRing, secret coefficients: UnsafeBufferPointer<Int8>) {
        precondition(coefficients.count == ring.degree, "a polynomial of the ring has \(ring.degree) coefficients")
        let values = AlignedBuffer<UInt64>(count: ring.degree, lifetime: .wiped)
        let modulus = ring.modulus.value
        values.withUnsafeMutableBufferPointer { values in
            for index in values.indices {
                let signed = Int64(coefficients[index])
                values[index] = UInt64(bitPattern: signed) &+ (modulus & UInt64(bitPattern: signed >> 63))
            }
        }
        self.init(ring: ring, values: values)
    }

    /// The values at the odd powers of the root of unity. One transform: n/2 log2(n) butterflies.
    package consuming func evaluated() -> Polynomial<LazyEvaluation> {
        ring.withTables { ring.backend.kernels.pointee.ntt_forward(values.unsafeBase, $0) }
        return Polynomial<LazyEvaluation>(ring: ring, values: values)
    }

    /// Writes each coefficient's centred representative, modulo 2^24, to `output`.
    package borrowing func copyCentredLow24(to output: UnsafeMutablePointer<UInt32>) {
        withUnsafePointer(to: ring.modulus.constants) {
            ring.backend.kernels.pointee.centred_low24(output, values.unsafeBase, ring.degree, $0)
        }
    }
}

extension Polynomial where Domain == LazyEvaluation {
    /// The same values, canonical.
    package consuming func reduced() -> Polynomial<Evaluation> {
        withUnsafePointer(to: ring.modulus.constants) {
            ring.backend.kernels.pointee.reduce(values.unsafeBase, values.unsafeBase, ring.degree, $0)
        }
        return Polynomial<Evaluation>(ring: ring, values: values)
    }

    /// The product with a multiplier of the same ring: n point-wise products. The product with a secret is a
    /// secret, so its memory is wiped when it is freed.
    package borrowing func multiplied(by multiplier: borrowing Multiplier) -> Polynomial<Evaluation> {
        precondition(ring === multiplier.evaluations.ring, "factors of one product belong to one ring")
        let product = AlignedBuffer<UInt64>(count: ring.degree, lifetime: .wiped)
        withUnsafePointer(to: ring.modulus.constants) {
            ring.backend.kernels.pointee.multiply_montgomery(
                product.unsafeBase, values.unsafeBase, multiplier.evaluations.values.unsafeBase, ring.degree, $0)
        }
        return Polynomial<Evaluation>(ring: ring, values: product)
    }
}

extension Polynomial where Domain == Evaluation {
    /// The coefficients. One inverse transform.
    package consuming func interpolated() -> Polynomial<Coefficient> {
        ring.withTables { ring.backend.kernels.pointee.ntt_inverse(values.unsafeBase, $0) }
        return Polynomial<Coefficient>(ring: ring, values: values)
    }
}

/// A polynomial prepared as a factor of many products: its values, in Montgomery form.
package struct Multiplier: ~Copyable, Sendable {
    let evaluations: Polynomial<Evaluation>

    /// Prepares `polynomial`. One transform.
    package init(_ polynomial: consuming Polynomial<Coefficient>) {
        let ring = polynomial.ring
        let evaluations = polynomial.evaluated().reduced()
        withUnsafePointer(to: ring.modulus.constants) { modulus in
            ring.backend.kernels.pointee.multiply_factor(
                evaluations.values.unsafeBase, evaluations.values.unsafeBase,
                ring.modulus.factor((1 << Modulus.wordBits) % ring.modulus.value), ring.degree, modulus)
        }
        self.evaluations = evaluations
    }
}
