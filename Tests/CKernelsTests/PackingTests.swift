import CKernels
import Testing

@Suite("Residues on the wire")
struct PackingTests {
    private static let widths: ClosedRange<UInt32> = 8...24

    /// Values around every tie and at both ends.
    private func values(bits: UInt32, count: Int) -> [UInt32] {
        let unit = UInt32(1) << (24 - bits)
        let top = UInt32(1 << 24) - 1
        let special = [
            0, top, unit / 2, unit - 1, unit, unit + unit / 2, top - unit / 2, top + 1 - unit, unit / 2 + 1,
        ]
        return mixture(of: special.map { $0 & top }, below: 1 << 24, count: count, seed: UInt64(bits))
    }

    private func byteCount(_ count: Int, _ bits: UInt32) -> Int { (count * Int(bits) + 7) / 8 }

    /// The top bits of each value, rounded by exact arithmetic.
    private func fields(_ values: [UInt32], bits: UInt32) -> [UInt32] {
        values.map { value in
            let unit = UInt32(1) << (24 - bits)
            let (quotient, remainder) = value.quotientAndRemainder(dividingBy: unit)
            let rounded = 2 * remainder >= unit ? quotient + 1 : quotient
            return rounded % (1 << bits)
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
    func roundAndPack(backend: Backend, bits: UInt32) {
        for count in lengths {
            for offset in [0, 1] {
                let input = Buffer(input: values(bits: bits, count: count), offset: 4 * offset)
                let packed = Buffer<UInt8>(output: byteCount(count, bits), offset: offset)
                withPointers(packed, input) { backend.kernels.round_and_pack($0, $1, count, bits) }
                let expected = stream(fields(input.values, bits: bits), bits: bits)
                expect(packed, equals: expected, "\(count) values of \(bits) bits")
            }
        }
    }

    @Test("unpacking returns the rounded values", arguments: Backend.all, widths)
    func unpack(backend: Backend, bits: UInt32) {
        for count in lengths {
            for offset in [0, 1] {
                let expected = fields(values(bits: bits, count: count), bits: bits)
                let packed = Buffer(input: stream(expected, bits: bits), offset: offset)
                let out = Buffer<UInt32>(output: count, offset: 4 * offset)
                withPointers(out, packed) { backend.kernels.unpack($0, $1, count, bits) }
                expect(out, equals: expected.map { $0 << (24 - bits) }, "\(count) values of \(bits) bits")
            }
        }
    }

    @Test("a round trip moves no value by more than half a unit", arguments: Backend.all, widths)
    func roundTrip(backend: Backend, bits: UInt32) {
        let count = 4099
        let input = Buffer(input: values(bits: bits, count: count))
        let packed = Buffer<UInt8>(output: byteCount(count, bits))
        let out = Buffer<UInt32>(output: count)
        withPointers(packed, input, out) { packed, input, out in
            backend.kernels.round_and_pack(packed, input, count, bits)
            backend.kernels.unpack(out, packed, count, bits)
        }
        let half = Int32(1 << (24 - bits)) / 2
        for (before, after) in zip(input.values, out.values) {
            let difference = Int32(bitPattern: (after &- before) << 8) >> 8  // centred modulo 2^24
            #expect(abs(difference) <= half)
        }
    }
}
