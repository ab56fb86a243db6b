import CKernels

@testable import CKKS
@testable import Ring

/// Messages of CKKS on their way to polynomials and back.
///
/// Encoding refuses messages that are too large, so their largest coefficient is public as far as that goes: it is
/// marked so at the one place where it arises, and every other use of the message is checked.
enum EncodingCases {
    static let all =
        [512, 64].flatMap { slots in
            [
                Case(name: "encoding: \(slots) slots") {
                    let encoder = try makeEncoder()
                    let message = poisoned(slotValues(slots))
                    try release(encoder.encode(message, scale: scale), of: encoder)
                },
                Case(name: "decoding: \(slots) slots") {
                    let encoder = try makeEncoder()
                    let plaintext = try encoder.encode(slotValues(slots), scale: scale)
                    for index in 0..<encoder.basis.count {
                        poison(UnsafeRawBufferPointer(start: plaintext.polynomial.limbs[index], count: 8 * degree))
                    }
                    let decoded = encoder.decode(plaintext)
                    try decoded.withUnsafeBytes { try msfhe_ct.release($0, "slots") }
                    try require(
                        zip(decoded, slotValues(slots)).allSatisfy { abs($0.real - $1.real) < 1e-6 },
                        "slots are not what was encoded")
                },
            ]
        } + [
            Case(name: "encoding: coefficients") {
                let encoder = try makeEncoder()
                let message = poisoned((0..<degree).map { Double($0) / 1000 - 0.5 })
                try release(encoder.encode(coefficients: message, scale: scale), of: encoder)
            }
        ]

    private static let degree = 1024
    private static let scale = 0x1p40

    private static func slotValues(_ count: Int) -> [Complex] {
        (0..<count).map { Complex(Double($0 % 17) / 17, Double($0 % 5) / 5) }
    }

    private static func makeEncoder() throws -> Encoder {
        let moduli = try Modulus.primes(bits: 49, congruentToOneModulo: UInt64(2 * degree), count: 2)
        return try Encoder(basis: RNSBasis(degree: degree, moduli: moduli, backend: declassifying))
    }

    private static func release(_ plaintext: borrowing Plaintext, of encoder: Encoder) throws {
        for index in 0..<encoder.basis.count {
            let limb = UnsafeRawBufferPointer(start: plaintext.polynomial.limbs[index], count: 8 * degree)
            // The upper bytes of residues that are reduced are zero whatever the message is.
            let used = (0..<degree).allSatisfy {
                isPoisoned(UnsafeRawBufferPointer(rebasing: limb[8 * $0..<8 * $0 + 6]))
            }
            try require(used, "residues do not depend on the message: nothing was checked")
            declassify(limb)
        }
    }

    /// The selected backend, with a largest magnitude that is public.
    private static let declassifying: Backend = {
        let table = UnsafeMutablePointer<msfhe_kernels>.allocate(capacity: 1)
        table.initialize(to: Backend.selected.kernels.pointee)
        table.pointee.largest_magnitude = { values, count in
            var largest = Backend.selected.kernels.pointee.largest_magnitude(values, count)
            withUnsafeBytes(of: &largest) { declassify($0) }
            return largest
        }
        return Backend(kernels: UnsafePointer(table))
    }()
}
