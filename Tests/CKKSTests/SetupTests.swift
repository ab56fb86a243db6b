import Ring
import Testing

@testable import CKKS

/// The constants of encoding agree with GMP, and a wrong one does not go unnoticed.
@Suite("Set-up of the encoder")
struct SetupTests {
    @Test("every root agrees", arguments: [1, 2, 4, 64, 128, 4096, 32768])
    func embedding(slotCount: Int) {
        var check = SetupCheck()
        check.check(CanonicalEmbedding(slotCount: slotCount))
        #expect(check.failures == [])
        #expect(check.constants >= 2 * (slotCount - 1) + slotCount / 64 * 56)
    }

    @Test("an embedding of fewer slots shares its roots")
    func narrowed() {
        let embedding = CanonicalEmbedding(slotCount: 1024)
        for count in [1, 32, 64, 512] {
            var check = SetupCheck()
            check.check(embedding.narrowed(to: count))
            #expect(check.failures == [])
        }
    }

    @Test("every inverse of a composition agrees")
    func composition() throws {
        let encoder = try makeEncoder(degree: 1024, bits: [49, 20, 30, 49, 40])
        var check = SetupCheck()
        check.check(encoder.composition)
        #expect(check.failures == [])
        #expect(check.constants == 5 + 3 * 10)
    }

    @Test("a wrong constant is found")
    func tampering() throws {
        let changes: [(CanonicalEmbedding) -> Void] = [
            { $0.roots.unsafeBase[2] += 0x1p-52 },
            { $0.roots.unsafeBase[201] -= 0x1p-52 },
            { $0.roots.unsafeBase[77].negate() },
            { $0.roots.unsafeBase[40] = .nan },
            { $0.tailRoots.unsafeBase[200].negate() },
            { swap(&$0.tailRoots.unsafeBase[0], &$0.tailRoots.unsafeBase[8]) },
        ]
        for change in changes {
            let embedding = CanonicalEmbedding(slotCount: 256)
            change(embedding)
            var check = SetupCheck()
            check.check(embedding)
            #expect(!check.failures.isEmpty)
        }
        let compositions: [(ResidueComposition) -> Void] = [
            { $0.constants.unsafeBase[1].value += 2 },
            { $0.inverses.unsafeBase[2].montgomery ^= 1 },
            { $0.centredInverses.unsafeBase[0] += 1 },
        ]
        for change in compositions {
            let encoder = try makeEncoder(degree: 1024)
            change(encoder.composition)
            var check = SetupCheck()
            check.check(encoder.composition)
            #expect(!check.failures.isEmpty)
        }
    }
}
