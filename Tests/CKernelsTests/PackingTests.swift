import CKernels
import Testing

@Suite("Residues on the wire")
struct PackingTests {
    /// Bits kept and bits dropped.
    struct Width: CustomTestStringConvertible, Sendable {
        let bits: UInt32
        let dropped: UInt32
        var testDescription: String { "\(bits) of \(bits + dropped) bits" }
        /// 2^dropped.
        var unit: UInt32 { 1 << dropped }
        var top: UInt32 { .max >> (32 - bits - dropped) }
    }

    /// Every number of bits, of residues modulo 2^24, of residues that keep all, and of 32-bit words.
    private static let widths = (8...24).flatMap { (bits: UInt32) in
        [24 - bits, 0, 32 - bits].map { Width(bits: bits, dropped: $0) }
    }

    /// Values around every tie and at both ends.
    private func values(_ width: Width, count: Int) -> [UInt32] {
        let (unit, top) = (width.unit, width.top)
        let special = [
            0, top, unit / 2, unit - 1, unit, unit &+ unit / 2, top - unit / 2, top - (unit - 1), unit / 2 + 1,
        ]
        return mixture(
            of: special.map { UInt64($0 & top) }, below: UInt64(top) + 1, count: count,
            seed: UInt64(width.bits)
        ).map { UInt32($0) }
    }

    private func byteCount(_ count: Int, _ bits: UInt32) -> Int { (count * Int(bits) + 7) / 8 }

    /// The top bits of each value, rounded by exact arithmetic.
    private func fields(_ values: [UInt32], _ width: Width) -> [UInt32] {
        values.map { value in
            let (quotient, remainder) = value.quotientAndRemainder(dividingBy: width.unit)
            let rounded = 2 * UInt64(remainder) >= UInt64(width.unit) && width.dropped > 0 ? quotient + 1 : quotient
            return rounded % (1 << width.bits)
        }
    }

    /// The bytes of a bit stream, one bit after the other.
    private func stream(_ fields: [UInt32], bits: UInt32) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: byteCount(fields.count, bits))
        for (index, field) in fields.enumerated() {
            for bit in 0..<Int(bits) where field >> bit & 1 == 1 {
                let position = index * Int(bits) + bit
                bytes[position / 8] |= 1 << (position % 8)
            }
        }
        return bytes
    }

    @Test("rounding and packing", arguments: Backend.all, widths)
    func roundAndPack(backend: Backend, width: Width) {
        for count in lengths {
            for offset in [0, 1] {
                let input = Buffer(input: values(width, count: count), offset: 4 * offset)
                let packed = Buffer<UInt8>(output: byteCount(count, width.bits), offset: offset)
                withPointers(packed, input) { backend.kernels.round_and_pack($0, $1, count, width.bits, width.dropped) }
                let expected = stream(fields(input.values, width), bits: width.bits)
                expect(packed, equals: expected, "\(count) values")
            }
        }
    }

    @Test("unpacking returns the rounded values", arguments: Backend.all, widths)
    func unpack(backend: Backend, width: Width) {
        for count in lengths {
            for offset in [0, 1] {
                let expected = fields(values(width, count: count), width)
                let packed = Buffer(input: stream(expected, bits: width.bits), offset: offset)
                let out = Buffer<UInt32>(output: count, offset: 4 * offset)
                withPointers(out, packed) { backend.kernels.unpack($0, $1, count, width.bits, width.dropped) }
                expect(out, equals: expected.map { $0 << width.dropped }, "\(count) values")
            }
        }
    }

    @Test("a round trip moves no value by more than half a unit", arguments: Backend.all, widths)
    func roundTrip(backend: Backend, width: Width) {
        let count = 4099
        let input = Buffer(input: values(width, count: count))
        let packed = Buffer<UInt8>(output: byteCount(count, width.bits))
        let out = Buffer<UInt32>(output: count)
        withPointers(packed, input, out) { packed, input, out in
            backend.kernels.round_and_pack(packed, input, count, width.bits, width.dropped)
            backend.kernels.unpack(out, packed, count, width.bits, width.dropped)
        }
        let unused = 32 - width.bits - width.dropped
        for (before, after) in zip(input.values, out.values) {
            let difference = Int32(bitPattern: (after &- before) << unused) >> unused  // centred
            #expect(difference.magnitude <= width.unit / 2)
        }
    }
}
