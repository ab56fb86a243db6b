import CKernels
import Testing

@Suite("Dispatch")
struct DispatchTests {
    @Test("the portable backend comes first")
    func portableFirst() {
        #expect(Backend.specification.name == "portable")
    }

    @Test("every backend is found by its name, and under no other index")
    func names() {
        for backend in Backend.all {
            #expect(msfhe_backend_named(backend.name) == msfhe_backend(backend.index))
        }
        #expect(Set(Backend.all.map(\.name)).count == Backend.all.count)
        #expect(msfhe_backend_named("no such backend") == nil)
        #expect(msfhe_backend(Backend.all.count) == nil)
    }

    @Test("every table is complete", arguments: Backend.all)
    func complete(backend: Backend) {
        withUnsafeBytes(of: backend.kernels) { table in
            #expect(table.bindMemory(to: UInt.self).allSatisfy { $0 != 0 })
        }
    }
}
