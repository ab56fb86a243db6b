import CZlib

/// Compression without name and time in the header, so that equal bytes make equal files.
package enum Gzip {
    /// `bytes` as a gzip stream, at the highest level.
    package static func compress(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        let gzipFormat: Int32 = 15 + 16  // the largest window, with gzip's header
        let status = deflateInit2_(
            &stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzipFormat, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib takes these parameters")
        defer { deflateEnd(&stream) }
        var input = bytes
        return input.withUnsafeMutableBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: Int(deflateBound(&stream, UInt(input.count)))) { output, count in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                let end = deflate(&stream, Z_FINISH)
                precondition(end == Z_STREAM_END, "the output has the room that zlib asked for")
                count = Int(stream.total_out)
            }
        }
    }
}
