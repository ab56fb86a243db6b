import Synchronization
import Testing

@testable import Ring

struct StorageTests {
    @Test(arguments: [0, 1, 7, 1024, 1 << 20])
    func buffersAreAlignedAndZero(count: Int) {
        let buffer = AlignedBuffer<UInt64>(count: count)
        buffer.withUnsafeMutableBufferPointer { elements in
            #expect(elements.count == count)
            #expect(UInt(bitPattern: elements.baseAddress) % 64 == 0)
            #expect(elements.allSatisfy { $0 == 0 })
        }
    }

    @Test(arguments: [1, 2, 3, 9])
    func parallelForVisitsEachIndexOnce(threads: Int) {
        for count in [0, 1, 2, 1000] {
            let visits = AlignedBuffer<UInt8>(count: count)
            parallelFor(count, threads: threads) { visits.unsafeBase[$0] += 1 }
            visits.withUnsafeBufferPointer { #expect($0.allSatisfy { $0 == 1 }) }
        }
        #expect(parallelMap(Array(0..<100), threads: threads) { "\($0)" } == (0..<100).map(String.init))
    }

    @Test func anUnknownBackendIsRefusedByName() {
        #expect(throws: BackendError.self) { try Backend.selection("sse2") }
        for backend in Backend.available {
            #expect((try? Backend.selection(backend.name))?.name == backend.name)
        }
        #expect((try? Backend.selection(nil))?.name == Backend.available.last?.name)
        #expect(Backend.available.first?.name == "portable")
    }
}
