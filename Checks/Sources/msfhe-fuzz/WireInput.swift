import CKKS
import Foundation

/// An object of CKKS in a form that fuzzing can move in: what its kind says beside its limbs, then bytes that fill
/// them, over and over; zeros when there are none. Whole objects are limbs almost everywhere.
///
/// Written by what `docs/ckks-wire-format.md` says, not by the code under test.
enum WireInput {
    /// Bytes of a limb for each prime of ``CKKSScheme/literal``: N bits / 8.
    private static let limbs = CKKSScheme.literal.primeBits.map { CKKSScheme.literal.degree * $0 / 8 }
    private static let specialLimbs = CKKSScheme.literal.specialPrimeBits.map { CKKSScheme.literal.degree * $0 / 8 }
    /// A limb for each prime and digit of one prime.
    private static let keyByteCount = (limbs + specialLimbs).reduce(0, +) * limbs.count

    /// The object of `kind` that `input` stands for: its header, its limbs and its SHA-256. Where fields say what no
    /// object may say, nothing follows them.
    static func object(_ kind: WireKind, _ input: [UInt8]) -> [UInt8] {
        var rest = input[...]
        let rings = CKKSScheme.shared.rings
        var object = kind == .ringSwitchingKeys ? header(kind, digest: rings.large.digest) : header(kind)
        func take(_ count: Int) -> ArraySlice<UInt8> {
            let taken = rest.prefix(count)
            rest = rest.dropFirst(count)
            return taken
        }
        switch kind {
        case .parameters:
            object += take(rest.count)
        case .ciphertext, .seededCiphertext:
            let fields = take(32)
            object += fields
            guard fields.count == 32 else { break }
            let (level, size) = (integer(fields, at: 24, count: 2), integer(fields, at: 26, count: 2))
            if kind == .seededCiphertext { object += take(32) }
            guard (1...limbs.count).contains(level), (2...3).contains(size) else { break }
            let polynomials = kind == .seededCiphertext ? 1 : size
            fill(&object, limbs.prefix(level).reduce(0, +) * polynomials, with: rest)
        case .publicKey:
            object += take(32)
            fill(&object, limbs.reduce(0, +), with: rest)
        case .evaluationKeys:
            let fields = take(8)
            object += fields
            guard fields.count == 8 else { break }
            // The bytes of limbs follow the keys' fields.
            let count = min(integer(fields, at: 0, count: 4), rest.count / 40)
            let keys = take(40 * count)
            for key in 0..<count {
                object += keys.dropFirst(40 * key).prefix(40)
                fill(&object, keyByteCount, with: rest)
            }
        case .switchingKey:
            object += take(32)
            fill(&object, keyByteCount, with: rest)
        case .ringSwitchingKeys:
            // The small ring's digest, and each key's seed; the limbs are twice as long.
            object += take(32)
            let seeds = take(64)
            for key in 0..<2 {
                object += seeds.dropFirst(32 * key).prefix(32)
                fill(&object, 2 * keyByteCount, with: rest)
            }
        }
        return Sealing.binary.seal(object)
    }

    /// The fields of a ciphertext, beside a variance of 16 and a magnitude of 1.
    static func ciphertext(log2Scale: Int, level: UInt16, polynomials: UInt16, slots: UInt32) -> [UInt8] {
        [exp2(Double(log2Scale)), 16, 1].flatMap { bytes($0.bitPattern) } + bytes(level) + bytes(polynomials)
            + bytes(slots)
    }

    /// The fields of keys with these exponents.
    static func keys(_ exponents: [UInt32]) -> [UInt8] {
        bytes(UInt32(exponents.count)) + bytes(UInt32(0))
            + exponents.flatMap { bytes($0) + bytes(UInt32(0)) + [UInt8](repeating: UInt8($0 & 255), count: 32) }
    }

    /// What every object begins with.
    static func header(_ kind: WireKind, digest: Data = CKKSScheme.shared.parameters.digest) -> [UInt8] {
        Array("MSFHE-CK".utf8) + bytes(UInt16(1)) + bytes(kind.rawValue) + bytes(UInt32(0)) + Array(digest)
    }

    private static func fill(_ object: inout [UInt8], _ count: Int, with pattern: ArraySlice<UInt8>) {
        let pattern = pattern.isEmpty ? [0] : Array(pattern)
        let end = object.count + count
        while object.count < end { object += pattern.prefix(end - object.count) }
    }

    private static func bytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    private static func integer(_ bytes: ArraySlice<UInt8>, at offset: Int, count: Int) -> Int {
        bytes.dropFirst(offset).prefix(count).reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
