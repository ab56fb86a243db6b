import CKKS
import RLWE

/// A small insecure scheme: the parameters that objects belong to, and whoever receives them.
///
/// Its keys and its ciphertext are fresh in every process, as they have to be; no input depends on them.
struct CKKSScheme: Sendable {
    static let shared: CKKSScheme = {
        do { return try CKKSScheme() } catch { fatalError("the scheme cannot be made: \(error)") }
    }()

    /// Three primes, each of them a digit.
    static let literal = ParametersLiteral(
        degree: 1 << 10, primeBits: [40, 30, 30], specialPrimeBits: [40], logScale: 30, security: .insecure)

    let parameters: CKKSParameters
    /// For products, and rotations by one slot.
    let keys: EvaluationKeys
    /// An honest ciphertext.
    let ciphertext: Ciphertext
    /// A ring of twice the degree with the same primes, and the keys between the two.
    let rings: (large: CKKSParameters, small: CKKSParameters, keys: RingSwitchingKeys)
    private let decryptor: Decryptor
    private let evaluator: Evaluator
    private let polynomial: PowerPolynomial
    private let series: ChebyshevSeries

    private init() throws {
        parameters = try CKKSParameters(Self.literal)
        let key = SecretKey(bytes: [UInt8](repeating: 0x5A, count: SecretKey.byteCount))!
        let generator = KeyGenerator(parameters: parameters, key: key)
        keys = try generator.evaluationKeys(rotations: [1], conjugation: true)
        let encryptor = Encryptor(parameters: parameters, secret: generator.secret)
        ciphertext = try encryptor.encrypt([Complex](repeating: Complex(0.5, 0.25), count: 512))
        var large = Self.literal
        large.degree *= 2
        let above = KeyGenerator(parameters: try CKKSParameters(large), key: key)
        let below = KeyGenerator(
            parameters: try CKKSParameters(large.smaller(degree: Self.literal.degree, primes: 3)), key: key)
        rings = (above.parameters, below.parameters, try above.ringSwitchingKeys(to: below))
        decryptor = Decryptor(parameters: parameters, secret: generator.secret)
        evaluator = Evaluator(parameters: parameters, keys: keys)
        polynomial = try PowerPolynomial(coefficients: [0.125, 0.5, 0.25])
        series = try ChebyshevSeries(coefficients: [0.125, 0.5, 0.25], on: -2...2)
    }

    /// Does everything with a ciphertext that programs do. Operations may be refused by their own error, no other.
    func use(_ x: Ciphertext, with other: Evaluator? = nil) {
        let evaluator = other ?? self.evaluator
        var results = [x]
        let (honest, polynomial, series) = (ciphertext, polynomial, series)
        let operations: [(Ciphertext) throws -> [Ciphertext]] = [
            { [try evaluator.add($0, $0), try evaluator.add($0, 0.5)] },
            { [try evaluator.subtract($0, honest)] },
            { [try evaluator.negate($0)] },
            { [try evaluator.multiply($0, by: 0.5)] },
            { [try evaluator.multiply($0, $0), try evaluator.square($0)] },
            { [try evaluator.relinearize($0)] },
            { [try evaluator.relinearizeAndRescale(try evaluator.multiply($0, honest))] },
            { [try evaluator.multiplyRelinearizeRescale($0, $0)] },
            { [try evaluator.rescale($0)] },
            { [try evaluator.drop($0, toPrimes: 1)] },
            { [try evaluator.bring($0, toPrimes: $0.primes - 1, scale: honest.scale)] },
            { try evaluator.rotate($0, by: [1, 2, -1]) },
            { [try evaluator.rotate($0, by: 1)] },
            { [try evaluator.conjugate($0)] },
            { [try evaluator.innerSum($0, count: 2)] },
            { [try evaluator.evaluate(polynomial, on: $0)] },
            { [try evaluator.evaluate(series, on: $0)] },
        ]
        for operation in operations {
            do { results += try operation(x) } catch is EvaluationError {} catch {
                fatalError("an operation is refused by an error that is none of its own: \(error)")
            }
        }
        for result in results {
            _ = result.precisionBits
            require(
                decryptor.decryptSlots(result).count == result.slotCount, "a decryption has the slots that were said")
            // Results of results: what is out of range grows.
            if let again = try? evaluator.add(result, result) { _ = decryptor.decryptReal(again) }
        }
        if let gate = try? ReleaseGate(errorBound: 1e-3, numbers: 1 << 20, distanceBits: 2),
            let released = try? decryptor.releaseReal(
                x, expecting: ExpectedAnswer(scale: ciphertext.scale, packing: ciphertext.packing), through: gate)
        {
            require(released.allSatisfy(\.isFinite), "what is released is a number")
        }
    }
}
