import RLWE
import Ring

/// Computes on ciphertexts, without secrets.
///
/// Scales are tracked exactly. Operands of sums must have the same scale; operands at different levels meet at the lower
/// one. The noise estimate of every result is carried on.
///
/// Immutable and shared freely: operations on many threads at a time borrow workspaces from a pool. With `threads`
/// above one, an operation also spreads its own work over the primes, for large rings.
public final class Evaluator: Sendable {
    /// The parameters.
    public let parameters: CKKSParameters
    /// The keys it works with.
    public let keys: EvaluationKeys
    /// Threads for one operation.
    public let threads: Int
    package let pool: WorkspacePool<KeySwitcher>

    /// Scales that differ by less than this part are equal: the rounding of some hundred products of doubles.
    package static let scaleTolerance = 0x1p-44

    /// An evaluator with `keys`; without them it adds, and multiplies with plaintexts.
    public init(parameters: CKKSParameters, keys: EvaluationKeys? = nil, threads: Int = 1) {
        precondition(threads >= 1, "an evaluator needs a thread")
        precondition(keys.map { $0.parameters === parameters } ?? true, "the keys belong to other parameters")
        self.parameters = parameters
        self.keys = keys ?? EvaluationKeys(parameters: parameters)
        self.threads = threads
        let chain = parameters.chain
        pool = WorkspacePool { KeySwitcher(chain: chain, threads: threads) }
    }

    // MARK: Checks

    func requireOwn(_ ciphertext: Ciphertext) throws(EvaluationError) {
        guard ciphertext.parameters === parameters else { throw .differentParameters }
    }

    func requirePair(_ ciphertext: Ciphertext) throws(EvaluationError) {
        try requireOwn(ciphertext)
        guard ciphertext.size == 2 else { throw .notRelinearized(size: ciphertext.size) }
    }

    func requireEqualScales(_ x: Double, _ y: Double) throws(EvaluationError) {
        guard abs(x - y) <= Self.scaleTolerance * max(x, y) else { throw .scaleMismatch(x, y) }
    }

    /// What a sum or product of two packings is packed as.
    func commonPacking(_ x: Packing, _ y: Packing) throws(EvaluationError) -> Packing {
        switch (x, y) {
        // Fewer slots repeat, so they go with more.
        case (.slots(let x), .slots(let y)): return .slots(max(x, y))
        case (.coefficients, .coefficients): return .coefficients
        default: throw .packingMismatch(x, y)
        }
    }

    /// A message of up to `magnitude` has to fit its level: its coefficients, which are no larger than its slots, times
    /// the scale stay below half the modulus.
    func requireRoom(scale: Double, magnitude: Double, primes: Int) throws(EvaluationError) {
        let logModulus = parameters.chain.basis.prefix(primes).logProduct
        let logMessage = (scale * max(magnitude, 1)).binaryLogarithm
        guard scale.isFinite, scale > 0, logMessage < logModulus - 1 else {
            throw .scaleOverflow(logScale: logMessage, logModulus: logModulus)
        }
    }

    /// What is left of x after its last prime is divided away has to fit.
    func requireRoomToRescale(_ x: Ciphertext) throws(EvaluationError) {
        let last = Double(x.basis.moduli[x.primes - 1].value)
        try requireRoom(scale: x.scale / last, magnitude: x.noise.magnitude, primes: x.primes - 1)
    }
}
