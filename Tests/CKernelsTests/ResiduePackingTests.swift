import CKernels
import Testing

@Suite("Residues modulo a prime on the wire")
struct ResiduePackingTests {
    private static let widths = (1...52).map { UInt32($0) }

    private func values(bits: UInt32, count: Int) -> [UInt64] {
        let bound = UInt64(1) << bits
        return mixture(
            of: [bound - 1, 0, bound - 1, bound / 2, 1 % bound], below: bound, count: count, seed: UInt64(bits))
    }

    private func byteCount(_ count: Int, _ bits: UInt32) -> Int { (count * Int(bits) + 7) / 8 }

    /// The bytes of a bit stream, one bit after the other.
    private func stream(_ values: [UInt64], bits: UInt32) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: byteCount(values.count, bits))
        for (index, value) in values.enumerated() {
            for bit in 0..<Int(bits) where value >> bit & 1 == 1 {
                let position = index * Int(bits) + bit
                bytes[position / 8] |= 1 << (position % 8)
            }
        }
        return bytes
    }

    @Test("packing writes the bit stream", arguments: Backend.all, widths)
    func pack(backend: Backend, bits: UInt32) {
        for count in lengths {
            for offset in [0, 1] {
                let input = Buffer(input: values(bits: bits, count: count))
                let packed = Buffer<UInt8>(output: byteCount(count, bits), offset: offset)
                withPointers(packed, input) { backend.kernels.pack_residues($0, $1, count, bits) }
                expect(packed, equals: stream(input.values, bits: bits), "\(count) values")
            }
        }
    }

    @Test("unpacking returns the values and the largest", arguments: Backend.all, widths)
    func unpack(backend: Backend, bits: UInt32) {
        for count in lengths {
            for offset in [0, 1] {
                let expected = values(bits: bits, count: count)
                let bytes = stream(expected, bits: bits)
                let packed = Buffer(input: bytes, offset: offset)
                let out = Buffer<UInt64>(output: count)
                let largest = withPointers(out, packed) { backend.kernels.unpack_residues($0, $1, count, bits) }
                expect(out, equals: expected, "\(count) values")
                #expect(largest == expected.max() ?? 0, "\(count) values")
            }
        }
    }

    @Test("unused bits are no part of a value", arguments: Backend.all, widths)
    func unusedBits(backend: Backend, bits: UInt32) {
        for count in lengths where count > 0 {
            var bytes = stream([UInt64](repeating: 0, count: count), bits: bits)
            let unused = 8 * bytes.count - count * Int(bits)
            bytes[bytes.count - 1] = ~(0xFF >> unused)
            let packed = Buffer(input: bytes)
            let out = Buffer<UInt64>(output: count)
            let largest = withPointers(out, packed) { backend.kernels.unpack_residues($0, $1, count, bits) }
            expect(out, equals: [UInt64](repeating: 0, count: count), "\(count) values")
            #expect(largest == 0, "\(count) values")
        }
    }

    @Test("the largest value is found wherever it is", arguments: Backend.all, [1, 7, 20, 30, 49, 52])
    func largest(backend: Backend, bits: UInt32) {
        let top = (UInt64(1) << bits) - 1
        let count = 99
        let out = Buffer<UInt64>(output: count)
        for index in 0..<count {
            var values = [UInt64](repeating: top - 1, count: count)
            values[index] = top
            let packed = Buffer(input: stream(values, bits: bits))
            let largest = withPointers(out, packed) { backend.kernels.unpack_residues($0, $1, count, bits) }
            #expect(largest == top, "at \(index)")
        }
    }
}
