import Foundation
import RLWE
import Ring
import Testing

@testable import CKKS

/// Damaged, cut, foreign and lying bytes are refused, each for its own reason, and nothing traps.
@Suite("Bytes from elsewhere")
struct WireHostileTests {
    private let scheme: WireScheme
    /// An object of each kind.
    private let objects: [WireKind: Data]

    init() throws {
        scheme = try WireScheme()
        objects = [
            .parameters: scheme.parameters.serialized(), .ciphertext: try scheme.product().serialized(),
            .seededCiphertext: try scheme.seeded().serialized(),
            .publicKey: scheme.generator.publicKey().serialized(),
            .evaluationKeys: try scheme.keys().serialized(),
            .switchingKey: try scheme.generator.switchingKey(to: scheme.generator).serialized(),
            .ringSwitchingKeys: try Self.rings.large.ringSwitchingKeys(to: Self.rings.small).serialized(),
        ]
    }

    /// Two rings of the same primes.
    private static let rings: (large: KeyGenerator, small: KeyGenerator) = {
        let literal = ParametersLiteral(
            degree: 1 << 11, primeBits: [30, 22], specialPrimeBits: [30], logScale: 22, security: .insecure)
        func generator(_ literal: ParametersLiteral) -> KeyGenerator {
            KeyGenerator(parameters: try! CKKSParameters(literal), key: WireScheme.key)
        }
        return (generator(literal), generator(literal.smaller(degree: 1 << 10, primes: 2)))
    }()

    /// Reads `bytes` as an object of `kind`; gives what that object writes.
    @discardableResult
    private func read(_ bytes: Data, as kind: WireKind, _ parameters: CKKSParameters? = nil) throws -> Data {
        let parameters = parameters ?? scheme.parameters
        switch kind {
        case .parameters:
            return try CKKSParameters(serialized: bytes, allowsInsecure: true).serialized()
        case .ciphertext:
            let ciphertext = try Ciphertext(serialized: bytes, parameters: parameters)
            #expect(ciphertext.polynomials.isCanonical)
            return ciphertext.serialized()
        case .seededCiphertext:
            let ciphertext = try SeededCiphertext(serialized: bytes, parameters: parameters)
            #expect(ciphertext.expanded().polynomials.isCanonical)
            return ciphertext.serialized()
        case .publicKey:
            let key = try PublicKey(serialized: bytes, parameters: parameters)
            #expect(key.polynomials.isCanonical)
            return key.serialized()
        case .evaluationKeys:
            let keys = try EvaluationKeys(serialized: bytes, parameters: parameters)
            return keys.serialized()
        case .switchingKey:
            return try SwitchingKey(serialized: bytes, parameters: parameters).serialized()
        case .ringSwitchingKeys:
            let large = parameters === scheme.parameters ? Self.rings.large.parameters : parameters
            return try RingSwitchingKeys(
                serialized: bytes, large: large, small: Self.rings.small.parameters
            ).serialized()
        }
    }

    @Test("cut short, at every field and limb", arguments: WireKind.allCases)
    func truncated(kind: WireKind) throws {
        let bytes = objects[kind]!
        // Every length up to the first limb, the last bytes of all limbs and the digest, and some between.
        let lengths = Set(0..<150).union(bytes.count - 80..<bytes.count)
            .union(stride(from: 150, to: bytes.count, by: 1279))
        for length in lengths where length < bytes.count {
            let error = wireError { try read(bytes.prefix(length), as: kind) }
            guard case .truncated(let count, let missing) = error else {
                Issue.record("\(length) bytes: \(String(describing: error))")
                continue
            }
            #expect(count == length && missing > 0 && count + missing <= bytes.count)
        }
    }

    @Test("too long", arguments: WireKind.allCases)
    func tooLong(kind: WireKind) throws {
        let bytes = objects[kind]!
        for longer in [bytes + [0], bytes + bytes] {
            #expect(wireError { try read(longer, as: kind) } == .tooLong(count: bytes.count))
        }
    }

    @Test("every flipped bit of small objects", .timeLimit(.minutes(20)))
    func flips() throws {
        let literal = ParametersLiteral(degree: 1 << 10, primeBits: [20], logScale: 10, security: .insecure)
        let small = try WireScheme(literal)
        for (kind, bytes) in [
            (WireKind.parameters, small.parameters.serialized()),
            (.seededCiphertext, try small.seeded().serialized()),
        ] {
            for position in bytes.indices {
                for bit in 0..<8 {
                    var damaged = bytes
                    damaged[position] ^= 1 << bit
                    let error = wireError { try read(damaged, as: kind, small.parameters) }
                    #expect(error != nil, "bit \(bit) of byte \(position) of \(kind.name)")
                }
            }
        }
    }

    @Test("a flipped bit anywhere in any object", arguments: WireKind.allCases)
    func flippedBytes(kind: WireKind) throws {
        let bytes = objects[kind]!
        var generator = TestGenerator(seed: UInt64(kind.rawValue))
        let positions = Set(0..<min(150, bytes.count)).union(bytes.count - 33..<bytes.count)
            .union((0..<200).map { _ in Int.random(in: 0..<bytes.count, using: &generator) })
        for position in positions {
            var damaged = bytes
            damaged[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            #expect(wireError { try read(damaged, as: kind) } != nil, "byte \(position)")
        }
    }

    @Test("one kind for another", arguments: WireKind.allCases, WireKind.allCases)
    func exchanged(kind: WireKind, wanted: WireKind) throws {
        guard kind != wanted else { return }
        let error = wireError { try read(objects[kind]!, as: wanted) }
        #expect(error == .kind(Int(kind.rawValue), wanted: wanted))
        #expect(error?.description == "this is \(kind.name), but \(wanted.name) is wanted here")
    }

    @Test("other parameters", arguments: WireKind.allCases.dropFirst().dropLast())
    func otherParameters(kind: WireKind) throws {
        var literals = [SchemeCase.literals[0], WireScheme.literal, WireScheme.literal]
        literals[1].digitSize = 2
        literals[2].primeBits = [30, 23]
        for literal in literals {
            let other = try CKKSParameters(literal)
            let error = wireError { try read(objects[kind]!, as: kind, other) }
            #expect(error == .otherParameters(own: other.name))
        }
        // The scale of fresh ciphertexts is nothing that objects depend on.
        var literal = WireScheme.literal
        literal.logScale = 20
        #expect(try read(objects[kind]!, as: kind, CKKSParameters(literal)) == objects[kind]!)
    }

    /// With the right digest at the end, what the header says is checked all the same.
    @Test("headers that lie")
    func lies() throws {
        func expect(
            _ kind: WireKind, at offset: Int, _ bytes: [UInt8], _ expected: (WireError) -> Bool,
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            let lie = objects[kind]!.replacing(at: offset, with: bytes)
            let error = wireError { try read(lie, as: kind) }
            #expect(error.map(expected) == true, "\(String(describing: error))", sourceLocation: sourceLocation)
            #expect(error.map { !$0.description.contains("\n") } == true, sourceLocation: sourceLocation)
        }
        func field(_ name: String) -> (WireError) -> Bool {
            { if case .field(name, _, _) = $0 { true } else { false } }
        }
        for kind in WireKind.allCases {
            expect(kind, at: 0, [0x6D]) { $0 == .noObject }
            for version in [0, 2, 0xFFFF] as [UInt16] {
                expect(kind, at: 8, littleEndian(version)) { $0 == .version(Int(version)) }
            }
            for other in [0, 8, 0xFFFF] as [UInt16] {
                expect(kind, at: 10, littleEndian(other)) { $0 == .kind(Int(other), wanted: kind) }
            }
            for place in 12..<16 { expect(kind, at: place, [1], field("reserved field")) }
        }
        for kind in [WireKind.ciphertext, .seededCiphertext] {
            let scales = [0, -0.0, -1, .nan, .infinity, 0x1p-129, .leastNonzeroMagnitude, 0x1p52, 0x1p1000]
            for scale in scales { expect(kind, at: 48, littleEndian(scale.bitPattern), field("scale")) }
            for value in [-0.0, -1, .nan, .infinity, -.infinity] as [Double] {
                expect(kind, at: 56, littleEndian(value.bitPattern), field("noise variance"))
                expect(kind, at: 64, littleEndian(value.bitPattern), field("magnitude"))
            }
            for primes in [0, 3, 0xFFFF] as [UInt16] {
                expect(kind, at: 72, littleEndian(primes), field("number of primes"))
            }
            for size in [0, 1, 4, 0xFFFF] as [UInt16] {
                expect(kind, at: 74, littleEndian(size), field("number of polynomials"))
            }
            for slots in [3, 1024, 513, 511, 1 << 31, .max] as [UInt32] {
                expect(kind, at: 76, littleEndian(slots), field("number of slots"))
            }
        }
        expect(.seededCiphertext, at: 74, [3, 0], field("number of polynomials"))
        // Fewer and more than there are: the first leaves bytes over, the second finds none.
        expect(.ciphertext, at: 74, [2, 0]) { $0 == .damaged }
        expect(.evaluationKeys, at: 48, littleEndian(UInt32(1))) { $0 == .damaged }
        expect(.evaluationKeys, at: 48, littleEndian(UInt32(3))) {
            if case .truncated = $0 { true } else { field("exponent")($0) || field("reserved field")($0) }
        }
        for count in [1025, 1 << 31, .max] as [UInt32] {
            expect(.evaluationKeys, at: 48, littleEndian(count), field("number of keys"))
        }
        expect(.evaluationKeys, at: 52, [1], field("reserved field"))
        expect(.evaluationKeys, at: 60, [1], field("reserved field"))
        for exponent in [1, 2, 2048, 2049, .max] as [UInt32] {
            expect(.evaluationKeys, at: 56, littleEndian(exponent), field("exponent"))
        }
        // The second key may not come before the first, nor be the same.
        let second = 56 + 40 + 2 * 82 * 128
        #expect(objects[.evaluationKeys]![second] == 5)
        for exponent in [0, 1, 4, 2048] as [UInt32] {
            expect(.evaluationKeys, at: second, littleEndian(exponent), field("exponent"))
        }
        let withoutKeys = try CKKSParameters(
            ParametersLiteral(degree: 1 << 10, primeBits: [30], logScale: 20, security: .insecure))
        let none = EvaluationKeys(parameters: withoutKeys).serialized()
        #expect(try read(none, as: .evaluationKeys, withoutKeys) == none)
        let error = wireError {
            try read(none.replacing(at: 48, with: [1]), as: .evaluationKeys, withoutKeys)
        }
        #expect(error.map(field("number of keys")) == true)
    }

    @Test("parameters that lie")
    func lyingParameters() throws {
        func error(at offset: Int, _ bytes: [UInt8]) -> WireError? {
            wireError { try read(objects[.parameters]!.replacing(at: offset, with: bytes), as: .parameters) }
        }
        #expect(error(at: 16, [objects[.parameters]![16] ^ 1]).map { "\($0)" }?.contains("digest") == true)
        #expect(error(at: 48, [11, 11]).map { "\($0)" }?.contains("digest") == true)
        #expect(error(at: 48, [10, 11]).map { "\($0)" }?.contains("digest") == true)
        #expect(error(at: 48, [11, 10]) == .parameters(.primeDegree(1024, degree: 2048)))
        for (offset, bytes) in [
            (48, [9]), (48, [17]), (49, [17]), (50, [1]), (51, [1]), (52, [0]), (52, [49]), (53, [48]), (54, [3]),
            (55, [4]), (159, [1]),
        ] as [(Int, [UInt8])] {
            guard case .field = error(at: offset, bytes) else {
                Issue.record("byte \(offset): \(bytes)")
                continue
            }
        }
        for logScale in [0, -1, .nan, .infinity, 52, 1e300] as [Double] {
            guard case .parameters(.scale) = error(at: 56, littleEndian(logScale.bitPattern)) else {
                Issue.record("logScale \(logScale)")
                continue
            }
        }
        #expect(error(at: 64, [50]) == .parameters(.primeBits(50)))
        #expect(error(at: 64, [0]) == .parameters(.primeBits(0)))
        // A set that claims a strength it does not have.
        #expect(
            error(at: 55, [1])
                == .parameters(.insecure(degree: 1024, logModulus: 82, required: .bits128, allowed: 26)))
    }

    /// The largest set that a header can describe is refused before a table is built.
    @Test("enormous insecure parameters cost nothing", .timeLimit(.minutes(20)))
    func enormousParameters() throws {
        var bytes = objects[.parameters]!
        bytes.replaceSubrange(48..<52, with: [16, 16, 0, 0])
        bytes.replaceSubrange(52..<56, with: [48, 47, 0, 1])
        bytes.replaceSubrange(64..<160, with: [UInt8](repeating: 49, count: 95) + [0])
        let started = ContinuousClock.now
        let error = wireError { try read(bytes.resealed, as: .parameters) }
        guard case .parameters(.insecure(degree: 1 << 16, _, _, _)) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        // Finding the primes takes some milliseconds, their tables took many seconds.
        #expect(ContinuousClock.now - started < .seconds(10))
    }

    @Test("residues from their prime on", arguments: Backend.available)
    func residues(backend: Backend) throws {
        let parameters = try CKKSParameters(WireScheme.literal, backend: backend)
        let firsts: [(WireKind, Int)] = [
            (.ciphertext, 80), (.seededCiphertext, 112), (.publicKey, 80), (.evaluationKeys, 96),
        ]
        let q = parameters.chain.basis.moduli[0].value
        for (kind, first) in firsts {
            for (value, isRefused) in [(q - 1, false), (q, true), ((1 << 30) - 1, true)] {
                // Residues 0 and 1020 of the first limb: 30 bits on a byte's boundary, two bits of the next one kept.
                for index in [0, 1020] {
                    let offset = first + index * 30 / 8
                    var bytes = littleEndian(UInt32(value))
                    bytes[3] |= objects[kind]![offset + 3] & 0xC0
                    let changed = objects[kind]!.replacing(at: offset, with: bytes)
                    let error = wireError { try read(changed, as: kind, parameters) }
                    #expect(error == (isRefused ? .residue(value, prime: q) : nil), "\(kind.name)")
                }
            }
        }
    }

    /// Random changes, with the digest repaired: what is read all the same is canonical, and writes what it was read from.
    @Test("10,000 mutations", .timeLimit(.minutes(20)))
    func mutations() throws {
        var generator = TestGenerator(seed: 2024)
        let evaluator = Evaluator(parameters: scheme.parameters)
        var accepted = 0
        for round in 0..<10_000 {
            let kind = WireKind.allCases[round % WireKind.allCases.count]
            var bytes = objects[kind]!
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                // One half in the header, behind its digest.
                let range = Bool.random(using: &generator) ? 48..<112 : 0..<bytes.count - 32
                bytes[Int.random(in: range, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if round % 16 == 0 { bytes.removeLast(Int.random(in: 1..<bytes.count - 112, using: &generator)) }
            if round % 17 == 0 { bytes += Data(repeating: 7, count: Int.random(in: 1..<64, using: &generator)) }
            bytes = bytes.resealed
            do {
                let written = try read(bytes, as: kind)
                #expect(written == bytes, "round \(round)")
                accepted += 1
                guard kind == .ciphertext else { continue }
                let ciphertext = try Ciphertext(serialized: bytes, parameters: scheme.parameters)
                _ = scheme.decryptor.decryptSlots(ciphertext)
                _ = ciphertext.precisionBits
                _ = try? evaluator.rescale(evaluator.add(ciphertext, ciphertext))
            } catch {
                #expect(error is WireError, "round \(round): \(error)")
            }
        }
        // Most changes hit a residue or a seed, and give another object of the same kind.
        #expect(accepted > 1000)
    }

    /// A source that announces the most keys and then has nothing: no more is asked of it than it gave, and one piece.
    @Test("nothing is asked for on the word of a header")
    func bounds() throws {
        let header = objects[.evaluationKeys]!.replacing(at: 48, with: littleEndian(UInt32(1024))).prefix(4096)
        let memory = MemorySource(header)
        var asked = 0
        let error = wireError {
            _ = try EvaluationKeys(
                from: { buffer in
                    asked += buffer.count
                    return memory.read(buffer)
                }, parameters: scheme.parameters)
        }
        #expect(error == .truncated(count: 4096, missing: 96 + 2 * 3840 - 4096))
        #expect(asked <= header.count + WireFormat.largestPieceByteCount)
    }
}
