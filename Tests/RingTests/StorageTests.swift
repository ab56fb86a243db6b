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

    @Test("recycled memory has one holder at a time, and no more is kept than the limit")
    func recyclerServesManyThreads() {
        let counts = [96, 1000, 1024]
        let limit = 2 * 8 * counts.reduce(0, +)
        let recycler = BufferRecycler(limit: limit)
        let disturbed = Atomic<Int>(0)
        parallelFor(4000, threads: 8) { task in
            // More than may be kept, of every size, so that memory is kept, given out again and freed.
            let buffers = (0..<8).map {
                AlignedBuffer<UInt64>(uninitialized: counts[($0 + task) % 3], recycler: recycler)
            }
            for (index, buffer) in buffers.enumerated() {
                buffer.unsafeBase.update(repeating: UInt64(8 * task + index), count: buffer.count)
            }
            let isOwn = buffers.enumerated().allSatisfy { index, buffer in
                (0..<buffer.count).allSatisfy { buffer.unsafeBase[$0] == UInt64(8 * task + index) }
            }
            if !isOwn { disturbed.add(1, ordering: .relaxed) }
        }
        #expect(disturbed.load(ordering: .relaxed) == 0)
        var addresses: Set<UnsafeMutableRawPointer> = []
        var kept = 0
        for count in counts {
            while let address = recycler.take(byteCount: 8 * count) {
                #expect(addresses.insert(address).inserted, "memory is kept once")
                kept += 8 * count
                address.deallocate()
            }
        }
        #expect(kept > 0 && kept <= limit)
    }

    @Test("a workspace has one user at a time, and there are no more than users")
    func poolServesManyThreads() {
        /// Memory that only one user at a time may touch, and how many there were.
        final class Workspace: @unchecked Sendable {
            let values = AlignedBuffer<UInt64>(count: 1000)
            var uses = 0
        }
        struct Refusal: Error {}
        let made = Mutex<[Workspace]>([])
        let disturbed = Atomic<Int>(0)
        let pool = WorkspacePool {
            let workspace = Workspace()
            made.withLock { $0.append(workspace) }
            return workspace
        }
        parallelFor(4000, threads: 8) { task in
            // A user that fails gives its workspace back, too.
            try? pool.withWorkspace { (workspace) throws(Refusal) in
                let values = workspace.values
                workspace.uses += 1
                values.unsafeBase.update(repeating: UInt64(task), count: values.count)
                let isOwn = (0..<values.count).allSatisfy { values.unsafeBase[$0] == UInt64(task) }
                if !isOwn { disturbed.add(1, ordering: .relaxed) }
                if task % 7 == 0 { throw Refusal() }
            }
        }
        #expect(disturbed.load(ordering: .relaxed) == 0)
        let workspaces = made.withLock { $0 }
        #expect(workspaces.reduce(0) { $0 + $1.uses } == 4000)
        #expect((1...8).contains(workspaces.count))
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
