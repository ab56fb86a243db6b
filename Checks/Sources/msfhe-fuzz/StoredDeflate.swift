/// Streams of gzip and zlib whose one block is stored as it is (RFC 1950 to 1952): seeds that need no compressor.
enum StoredDeflate {
    /// `bytes`, fewer than 65,536, as a gzip stream.
    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF] + block(bytes) + littleEndian(crc32(bytes))
            + littleEndian(UInt32(bytes.count))
    }

    /// `bytes`, fewer than 65,536, as a zlib stream.
    static func zlib(_ bytes: [UInt8]) -> [UInt8] {
        [0x78, 0x01] + block(bytes) + littleEndian(adler32(bytes)).reversed()
    }

    private static func block(_ bytes: [UInt8]) -> [UInt8] {
        let count = UInt16(bytes.count)
        return [1] + littleEndian(count) + littleEndian(~count) + bytes
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { state, byte in
            (0..<8).reduce(state ^ UInt32(byte)) { rest, _ in rest >> 1 ^ (rest & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }

    private static func adler32(_ bytes: [UInt8]) -> UInt32 {
        let (low, high) = bytes.reduce((UInt32(1), UInt32(0))) { sums, byte in
            let low = (sums.0 + UInt32(byte)) % 65521
            return (low, (sums.1 + low) % 65521)
        }
        return high << 16 | low
    }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
