import CZlib
import Foundation

/// A `binaryDataArray` of mzML: base64 text, perhaps zlib-compressed, of little-endian floating-point
/// numbers.
struct BinaryArray {
    enum Kind: String {
        case mz = "m/z array"
        case intensity = "intensity array"
    }

    var kind: Kind?
    /// How many numbers the file announces.
    var length: Int
    /// How many characters of base64 the file announces.
    var encodedLength: Int?
    /// Bytes per number, 4 or 8; nil when the file gives neither.
    private var width: Int?
    /// Whether the bytes are zlib-compressed; nil when the file gives no compression.
    private var isCompressed: Bool?
    private var unsupported: String?
    private var text: [UInt8] = []

    init(length: Int, encodedLength: Int?) {
        self.length = length
        self.encodedLength = encodedLength
    }

    /// Takes in a term of the PSI-MS vocabulary that describes the array.
    mutating func describe(_ accession: String, name: String) {
        switch accession {
        case "MS:1000514": kind = .mz
        case "MS:1000515": kind = .intensity
        case "MS:1000521": width = 4
        case "MS:1000523": width = 8
        case "MS:1000574": isCompressed = true
        case "MS:1000576": isCompressed = false
        case "MS:1000519", "MS:1000520", "MS:1000522": unsupported = "\(name) numbers"
        case "MS:1002312", "MS:1002313", "MS:1002314", "MS:1002746", "MS:1002747", "MS:1002748":
            unsupported = "MS-Numpress compression"
        default: return
        }
    }

    /// Takes in a piece of the base64 text.
    mutating func append(_ piece: ArraySlice<UInt8>) throws(Malformed) {
        text += piece
        guard text.count <= SpectrumFileLimits.lineLength else {
            throw Malformed("the \(name) is longer than \(SpectrumFileLimits.lineLength >> 20) MiB of base64")
        }
    }

    /// The numbers, as many as announced.
    func values() throws(Malformed) -> [Double] {
        if let unsupported {
            throw Malformed(
                "the \(name) has \(unsupported); convert with msconvert --zlib, without --numpress")
        }
        guard let width else { throw Malformed("the \(name) is of neither 32-bit nor 64-bit floats") }
        guard let isCompressed else { throw Malformed("the \(name) does not say how it is compressed") }
        let base64 = Data(text.filter { $0 > UInt8(ascii: " ") })
        guard encodedLength == base64.count else {
            let announced = encodedLength.map(String.init) ?? "missing"
            throw Malformed(
                "encodedLength of the \(name) is \(announced), but there are \(base64.count) characters")
        }
        guard let decoded = Data(base64Encoded: base64) else { throw Malformed("the \(name) is not base64") }

        let size = length * width
        let bytes =
            isCompressed && !decoded.isEmpty ? try inflated([UInt8](decoded), limit: size) : [UInt8](decoded)
        guard bytes.count == size else {
            throw Malformed("the \(name) holds \(bytes.count) bytes, not the \(size) of \(length) numbers")
        }
        return BinaryArray.numbers(bytes, width: width)
    }

    private var name: String { kind?.rawValue ?? "array" }

    private static func numbers(_ bytes: [UInt8], width: Int) -> [Double] {
        bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: width).map { offset in
                width == 8
                    ? Double(
                        bitPattern: UInt64(
                            littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
                    : Double(
                        Float(
                            bitPattern: UInt32(
                                littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))))
            }
        }
    }

    /// Inflates a zlib stream that is to give at most `limit` bytes, and no memory beyond what it really
    /// gives.
    private func inflated(_ compressed: [UInt8], limit: Int) throws(Malformed) -> [UInt8] {
        var input = compressed
        var output: [UInt8] = []
        var step = [UInt8](repeating: 0, count: 64 << 10)
        var stream = z_stream()
        guard inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw Malformed("zlib cannot start: not enough memory")
        }
        defer { inflateEnd(&stream) }

        let status = input.withUnsafeMutableBufferPointer { input in
            step.withUnsafeMutableBufferPointer { step in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                var status = Z_OK
                while status == Z_OK, output.count <= limit {
                    stream.next_out = step.baseAddress
                    stream.avail_out = UInt32(step.count)
                    status = inflate(&stream, Z_NO_FLUSH)
                    output += step.prefix(step.count - Int(stream.avail_out))
                }
                return status
            }
        }
        guard output.count <= limit else {
            throw Malformed("the \(name) inflates to more than its \(length) numbers")
        }
        guard status == Z_STREAM_END else {
            throw Malformed("the zlib stream of the \(name) is truncated or damaged")
        }
        guard stream.avail_in == 0 else { throw Malformed("the \(name) goes on after its zlib stream") }
        return output
    }
}
