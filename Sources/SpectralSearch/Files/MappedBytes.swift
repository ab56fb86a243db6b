import Foundation
import Ring

extension InputFile {
    /// Calls `body` with the bytes of `range` as memory, without a copy where the system can map the file. The pointer
    /// must not outlive the call.
    ///
    /// Only `range` is mapped, and only during the call, so no other page of the file counts as the program's memory.
    /// (One mapping of the whole file, whose pages were released behind the reader, was measured to hold up to 15 MB
    /// more: the system maps pages around those that are asked for.)
    ///
    /// Touching a page that the file does not have any more, because somebody cut it short, would end the process by
    /// a signal; so the file's size is compared and the pages are read in by a call that can fail. What remains is a
    /// file that is cut while `body` runs. A file that is replaced by another, as ``OutputFile`` does, keeps its bytes
    /// for those who have it open.
    ///
    /// - Parameter isMapped: false copies, as happens where the system cannot map.
    /// - Throws: ``InputError`` when the file was changed since it was opened, and what `body` throws.
    func withBytes<Result>(
        _ range: Range<Int>, isMapped: Bool = true, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= contentCount, "a part of the content")
        try requireUnchanged()
        // Mappings begin at pages.
        let skipped = range.lowerBound % Self.pageSize
        let byteCount = skipped + range.count
        guard isMapped, !range.isEmpty,
            let base = mmap(nil, byteCount, PROT_READ, MAP_SHARED, descriptor, off_t(range.lowerBound - skipped)),
            base != MAP_FAILED
        else { return try withCopiedBytes(range, body) }
        defer { munmap(base, byteCount) }
        guard Self.load(base, byteCount) else { throw changedMeanwhile }
        return try body(UnsafeRawBufferPointer(start: base + skipped, count: range.count))
    }

    private func withCopiedBytes<Result>(
        _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        let copy = AlignedBuffer<UInt8>(count: range.count)
        return try copy.withUnsafeMutableBufferPointer {
            let bytes = UnsafeMutableRawBufferPointer($0)
            try read(at: range.lowerBound, into: bytes)
            return try body(UnsafeRawBufferPointer(bytes))
        }
    }

    private static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))

    /// Reads mapped pages from the file.
    ///
    /// - Returns: false when the file does not have them any more, or they cannot be read. Where the system has no way
    ///   to tell, true: the pages will be read when they are touched.
    static func load(_ base: UnsafeMutableRawPointer, _ byteCount: Int) -> Bool {
        #if os(Linux)
            // MADV_POPULATE_READ, of Linux 5.14; the headers of older systems do not have it.
            let populate: Int32 = 22
            return madvise(base, byteCount, populate) == 0 || errno == EINVAL
        #else
            return true
        #endif
    }
}
