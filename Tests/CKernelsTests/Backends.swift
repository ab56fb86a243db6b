import CKernels
import Testing

/// One of the backends of this machine. Tests run on all of them and name none.
struct Backend: Sendable, CustomTestStringConvertible {
    let index: Int

    static let all = (0..<msfhe_backend_count()).map(Backend.init)
    /// The backend that specifies the others.
    static let specification = Backend(index: 0)

    var kernels: msfhe_kernels { msfhe_backend(index).pointee }
    var name: String { String(cString: kernels.name) }
    var testDescription: String { name }
}

/// Memory for a kernel to work on: at a chosen distance from a 64-byte boundary, between guard bytes that
/// show whether a kernel wrote outside. Inputs have no guards, so that an address sanitizer sees reads outside.
final class Buffer<Element: BitwiseCopyable & Equatable> {
    let count: Int
    fileprivate let pointer: UnsafeMutablePointer<Element>
    private let allocation: UnsafeMutableRawBufferPointer
    private let guardCount: Int
    private let start: Int
    private static var guardByte: UInt8 { 0xA5 }

    private init(count: Int, offset: Int, guardCount: Int) {
        self.count = count
        self.guardCount = guardCount
        start = guardCount + offset
        allocation = .allocate(
            byteCount: start + count * MemoryLayout<Element>.stride + guardCount, alignment: 64)
        for index in allocation.indices { allocation[index] = Self.guardByte }
        pointer = (allocation.baseAddress! + start).bindMemory(to: Element.self, capacity: count)
    }

    /// An output, `offset` bytes beyond a 64-byte boundary.
    convenience init(output count: Int, offset: Int = 0) {
        self.init(count: count, offset: offset, guardCount: 64)
    }

    /// An input, `offset` bytes beyond a 64-byte boundary.
    convenience init(input values: [Element], offset: Int = 0) {
        self.init(count: values.count, offset: offset, guardCount: 0)
        for (index, value) in values.enumerated() { pointer[index] = value }
    }

    /// An array to be overwritten in place.
    convenience init(inPlace values: [Element]) {
        self.init(count: values.count, offset: 0, guardCount: 64)
        for (index, value) in values.enumerated() { pointer[index] = value }
    }

    deinit { allocation.deallocate() }

    var values: [Element] {
        withExtendedLifetime(self) { Array(UnsafeBufferPointer(start: pointer, count: count)) }
    }

    var guardsAreIntact: Bool {
        let outside = Array(allocation[..<start]) + Array(allocation[(allocation.count - guardCount)...])
        return outside.allSatisfy { $0 == Self.guardByte }
    }
}

/// Calls `body` with the addresses of buffers, which stay valid until it returns.
func withPointers<each Element: BitwiseCopyable & Equatable, Result>(
    _ buffer: repeat Buffer<each Element>, body: (repeat UnsafeMutablePointer<each Element>) -> Result
) -> Result {
    withExtendedLifetime((repeat each buffer)) {
        body(repeat (each buffer).pointer)
    }
}

/// Calls `body` with a table of the addresses of buffers, which stay valid until it returns.
func withTable<Element>(
    of buffers: [Buffer<Element>], body: (UnsafePointer<UnsafePointer<Element>?>) -> Void
) {
    withExtendedLifetime(buffers) {
        // At least one entry, so that an empty table has an address, too.
        let table = buffers.map { Optional(UnsafePointer($0.pointer)) } + [nil]
        table.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
}

/// Calls `body` with a table of the addresses of buffers to write to, which stay valid until it returns.
func withMutableTable<Element>(
    of buffers: [Buffer<Element>], body: (UnsafePointer<UnsafeMutablePointer<Element>?>) -> Void
) {
    withExtendedLifetime(buffers) {
        let table = buffers.map { Optional($0.pointer) } + [nil]
        table.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
}

/// Records an issue that tells where an output first differs, or that something outside was written.
func expect<Element>(
    _ actual: Buffer<Element>, equals expected: [Element], _ circumstances: @autoclosure () -> String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let values = actual.values
    if let index = values.indices.first(where: { values[$0] != expected[$0] }) {
        Issue.record(
            "\(circumstances()): first difference at \(index): \(values[index]), not \(expected[index])",
            sourceLocation: sourceLocation)
    }
    if !actual.guardsAreIntact {
        Issue.record("\(circumstances()): wrote outside its output", sourceLocation: sourceLocation)
    }
}

/// SplitMix64: repeatable randomness for tests.
struct TestGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Lengths around every vector width, and some longer ones.
let lengths = Array(0...70) + [127, 128, 1000, 1024, 1027]

/// `count` values: the given ones in turn, and random ones between them.
func mixture<Element: FixedWidthInteger & UnsignedInteger>(
    of special: [Element], below bound: Element, count: Int, seed: UInt64
) -> [Element] {
    var generator = TestGenerator(seed: seed)
    return (0..<count).map { index in
        index % 2 == 0 ? special[index / 2 % special.count] : Element.random(in: 0..<bound, using: &generator)
    }
}
