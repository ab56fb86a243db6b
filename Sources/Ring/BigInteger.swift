import CGMP
import Foundation

/// An integer of any size, computed by GNU MP: the arbiter of every set-up constant.
///
/// Used where the answer must be right rather than fast: finding primes and re-deriving constants. Nothing
/// secret passes through it, for its running time depends on its values.
package struct BigInteger: Comparable, CustomStringConvertible {
    private final class Storage {
        var value = mpz_t()
        init() { __gmpz_init(&value) }
        deinit { __gmpz_clear(&value) }
    }

    private let storage = Storage()

    /// The integer `value`.
    package init(_ value: UInt64) { __gmpz_set_ui(&storage.value, UInt(value)) }

    private init(_ body: (inout mpz_t) -> Void) { body(&storage.value) }

    /// 2 to the power of `exponent`.
    package static func powerOfTwo(_ exponent: Int) -> BigInteger {
        BigInteger { __gmpz_setbit(&$0, UInt(exponent)) }
    }

    package static func + (x: BigInteger, y: BigInteger) -> BigInteger {
        BigInteger { __gmpz_add(&$0, &x.storage.value, &y.storage.value) }
    }
    package static func - (x: BigInteger, y: BigInteger) -> BigInteger {
        BigInteger { __gmpz_sub(&$0, &x.storage.value, &y.storage.value) }
    }
    package static func * (x: BigInteger, y: BigInteger) -> BigInteger {
        BigInteger { __gmpz_mul(&$0, &x.storage.value, &y.storage.value) }
    }
    /// The quotient rounded towards minus infinity; `y` is not zero.
    package static func / (x: BigInteger, y: BigInteger) -> BigInteger {
        BigInteger { __gmpz_fdiv_q(&$0, &x.storage.value, &y.storage.value) }
    }
    /// The remainder in [0, |y|); `y` is not zero.
    package static func % (x: BigInteger, y: BigInteger) -> BigInteger {
        BigInteger { __gmpz_mod(&$0, &x.storage.value, &y.storage.value) }
    }
    package static func == (x: BigInteger, y: BigInteger) -> Bool {
        __gmpz_cmp(&x.storage.value, &y.storage.value) == 0
    }
    package static func < (x: BigInteger, y: BigInteger) -> Bool {
        __gmpz_cmp(&x.storage.value, &y.storage.value) < 0
    }

    /// This integer to the power of `exponent`, modulo `modulus`.
    package func power(_ exponent: BigInteger, modulo modulus: BigInteger) -> BigInteger {
        BigInteger { __gmpz_powm(&$0, &storage.value, &exponent.storage.value, &modulus.storage.value) }
    }

    /// The inverse modulo `modulus`, or nil when there is none.
    package func inverse(modulo modulus: BigInteger) -> BigInteger? {
        var exists: Int32 = 0
        let result = BigInteger { exists = __gmpz_invert(&$0, &storage.value, &modulus.storage.value) }
        return exists != 0 ? result : nil
    }

    /// Whether the integer is prime. GMP's test is Baillie-PSW followed by Miller-Rabin rounds; below 2^64 no
    /// composite passes Baillie-PSW (verified exhaustively by Feitsma and Galway, 2010), so there the answer is
    /// a proof.
    package var isPrime: Bool { __gmpz_probab_prime_p(&storage.value, 32) > 0 }

    /// Number of binary digits.
    package var bitWidth: Int { Int(__gmpz_sizeinbase(&storage.value, 2)) }

    /// The value, where it fits 64 bits and is not negative.
    package var uint64: UInt64? {
        guard __gmpz_fits_ulong_p(&storage.value) != 0 else { return nil }
        return UInt64(__gmpz_get_ui(&storage.value))
    }

    /// The nearest double.
    package var double: Double { __gmpz_get_d(&storage.value) }

    package var description: String {
        guard let text = __gmpz_get_str(nil, 10, &storage.value) else { return "?" }
        defer { free(text) }
        return String(cString: text)
    }
}
