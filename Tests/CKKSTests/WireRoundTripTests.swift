import Foundation
import RLWE
import Ring
import Testing

@testable import CKKS

/// The laws of the wire format: what was written is what is read, byte by byte and slot by slot.
@Suite("Objects that travel")
struct WireRoundTripTests {
    /// Reads what `object` writes, checks that it writes the same again, as many bytes as it announced.
    private func travelled<Object: WireObject>(
        _ object: Object, _ parameters: CKKSParameters, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Object {
        let bytes = object.serialized()
        #expect(bytes.count == object.serializedByteCount, sourceLocation: sourceLocation)
        let result = try Object(serialized: bytes, parameters: parameters)
        #expect(result.serialized() == bytes, sourceLocation: sourceLocation)
        return result
    }

    @Test("ciphertexts of every packing, level and size", arguments: SchemeCase.all)
    func ciphertexts(_ schemeCase: SchemeCase) throws {
        let scheme = try WireScheme(schemeCase.literal, backend: schemeCase.backend)
        let (parameters, encoder) = (scheme.parameters, scheme.parameters.encoder)
        let evaluator = Evaluator(parameters: parameters)
        var ciphertexts: [Ciphertext] = []
        for slots in [parameters.slotCapacity, 16, 1] {
            for primes in 1...parameters.primeCount {
                let plaintext = try encoder.encode(
                    WireScheme.slots(slots), scale: parameters.scale, primes: primes)
                ciphertexts.append(scheme.encryptor.encrypt(plaintext, magnitude: 0.75))
            }
        }
        let coefficients = try encoder.encode(coefficients: [1, 2, 3], scale: parameters.scale)
        ciphertexts.append(scheme.encryptor.encrypt(coefficients))
        for primes in 2...parameters.primeCount {
            let product = try evaluator.square(evaluator.drop(scheme.ciphertext(), toPrimes: primes))
            ciphertexts += [product, try evaluator.rescale(product)]
        }
        for ciphertext in ciphertexts {
            let read = try travelled(ciphertext, parameters)
            #expect(read.polynomials.residues == ciphertext.polynomials.residues)
            #expect(read.scale == ciphertext.scale && read.packing == ciphertext.packing)
            #expect(read.noise == ciphertext.noise && read.parameters === parameters)
        }
        for slots in [parameters.slotCapacity, 16, 1] {
            for primes in 1...parameters.primeCount {
                let seeded = scheme.encryptor.encryptSeeded(
                    try encoder.encode(WireScheme.slots(slots), scale: parameters.scale, primes: primes))
                let read = try travelled(seeded, parameters)
                #expect(read.expanded().polynomials.residues == seeded.expanded().polynomials.residues)
                #expect(read.scale == seeded.scale && read.packing == seeded.packing && read.noise == seeded.noise)
            }
        }
    }

    @Test("keys", arguments: SchemeCase.all)
    func keys(_ schemeCase: SchemeCase) throws {
        let scheme = try WireScheme(schemeCase.literal, backend: schemeCase.backend)
        let publicKey = scheme.generator.publicKey()
        let read = try travelled(publicKey, scheme.parameters)
        #expect(read.polynomials.residues == publicKey.polynomials.residues && read.seed == publicKey.seed)
        let sets = [
            EvaluationKeys(parameters: scheme.parameters),
            try scheme.generator.evaluationKeys(),
            try scheme.generator.evaluationKeys(relinearization: false, rotations: [3]),
            try scheme.generator.evaluationKeys(relinearization: false, conjugation: true),
            try scheme.generator.evaluationKeys(rotations: [1, -1, 16], conjugation: true),
        ]
        for keys in sets {
            let read = try travelled(keys, scheme.parameters)
            #expect(read.relinearization?.residues == keys.relinearization?.residues)
            #expect(read.automorphismExponents == keys.automorphismExponents)
            for exponent in keys.automorphismExponents {
                #expect(read.automorphisms[exponent]!.key.residues == keys.automorphisms[exponent]!.key.residues)
            }
        }
    }

    @Test("keys that travel one by one make the set that they come from")
    func merging() throws {
        let scheme = try WireScheme()
        let whole = try scheme.generator.evaluationKeys(rotations: [1, 2], conjugation: true)
        var merged = EvaluationKeys(parameters: scheme.parameters)
        // In any order, and twice: the relinearisation key is in no set but the last.
        for exponent in whole.automorphismExponents.reversed() + [5] {
            var single = EvaluationKeys(parameters: scheme.parameters)
            single.insert(whole.automorphisms[exponent]!.key, exponent: exponent)
            merged.merge(try travelled(single, scheme.parameters))
        }
        var last = EvaluationKeys(parameters: scheme.parameters)
        last.relinearization = whole.relinearization
        merged.merge(last)
        merged.merge(EvaluationKeys(parameters: scheme.parameters))
        #expect(merged.serialized() == whole.serialized())
    }

    @Test("parameters", arguments: Backend.available)
    func parameters(backend: Backend) throws {
        let smaller = ParametersLiteral.n8192.smaller(degree: 4096, primes: 1)
        for literal in SchemeCase.literals + [WireScheme.literal, .n4096, .n8192, smaller] {
            let parameters = try CKKSParameters(literal, backend: backend)
            let bytes = parameters.serialized()
            #expect(bytes.count == 192)
            let read = try CKKSParameters(serialized: bytes, allowsInsecure: true, backend: backend)
            #expect(read.literal == literal && read == parameters && read.name == parameters.name)
            let refusal = wireError { _ = try CKKSParameters(serialized: bytes, backend: backend) }
            #expect(refusal == (literal.security == .insecure ? .insecure : nil))
        }
    }

    /// Two parties, two processors: everything that one writes the other reads, and computes with.
    @Test("what one backend writes another decrypts", arguments: Backend.available, Backend.available)
    func backends(writer: Backend, reader: Backend) throws {
        for literal in SchemeCase.literals {
            let near = try WireScheme(literal, backend: writer)
            let parameters = try CKKSParameters(
                serialized: near.parameters.serialized(), allowsInsecure: true, backend: reader)
            let message = WireScheme.slots(parameters.slotCapacity)
            let publicKey = try PublicKey(
                serialized: near.generator.publicKey().serialized(), parameters: parameters)
            let keys = try EvaluationKeys(
                serialized: near.generator.evaluationKeys(rotations: [5], conjugation: true).serialized(),
                parameters: parameters)
            let evaluator = Evaluator(parameters: parameters, keys: keys)
            let read = try Ciphertext(serialized: near.ciphertext().serialized(), parameters: parameters)
            let seeded = try SeededCiphertext(serialized: near.seeded().serialized(), parameters: parameters)
            let far = Encryptor(parameters: parameters, publicKey: publicKey)
            let results: [(Ciphertext, [Complex])] = [
                (read, message), (seeded.expanded(), message), (try far.encrypt(message), message),
                (try evaluator.multiplyRelinearizeRescale(read, read), message.squared),
                (try evaluator.rotate(read, by: 5), message.rotated(by: 5)),
                (try evaluator.conjugate(read), message.map(\.conjugate)),
                (try evaluator.square(read), message.squared),
            ]
            for (index, (ciphertext, expected)) in results.enumerated() {
                let back = try Ciphertext(serialized: ciphertext.serialized(), parameters: near.parameters)
                let error = near.relativeError(back, expected)
                #expect((0.25...4).contains(error), "result \(index) is off by \(error) of the estimate")
            }
        }
    }

    @Test("objects follow one another in a stream, which gives what it has")
    func streams() throws {
        let scheme = try WireScheme()
        let (publicKey, keys) = (scheme.generator.publicKey(), try scheme.keys())
        let ciphertexts = [try scheme.ciphertext(), try scheme.product()]
        var bytes = Data()
        publicKey.write { bytes.append(contentsOf: $0) }
        for ciphertext in ciphertexts { ciphertext.write { bytes.append(contentsOf: $0) } }
        keys.write { bytes.append(contentsOf: $0) }
        for largest in [1, 7, 4096, .max] {
            let memory = MemorySource(bytes)
            let source: WireSource = { buffer in
                memory.read(UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(largest)))
            }
            let parameters = scheme.parameters
            #expect(try PublicKey(from: source, parameters: parameters).serialized() == publicKey.serialized())
            for ciphertext in ciphertexts {
                #expect(try Ciphertext(from: source, parameters: parameters).serialized() == ciphertext.serialized())
            }
            #expect(try EvaluationKeys(from: source, parameters: parameters).serialized() == keys.serialized())
            #expect(throws: Never.self) { try memory.requireEnd() }
        }
    }

    @Test("a sink's and a source's own errors come through")
    func failures() throws {
        struct Full: Error {}
        let scheme = try WireScheme()
        let ciphertext = try scheme.ciphertext()
        var written = 0
        #expect(throws: Full.self) {
            try ciphertext.write { bytes throws(Full) in
                written += bytes.count
                if written > 5000 { throw Full() }
            }
        }
        #expect(written < ciphertext.serializedByteCount)
        let error = wireError { _ = try Ciphertext(from: { _ in throw Full() }, parameters: scheme.parameters) }
        #expect(error == .unreadable("Full()"))
    }
}
