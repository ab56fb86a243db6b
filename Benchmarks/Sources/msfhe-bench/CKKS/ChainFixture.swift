import CKKS
import Harness
import Ring
import Spectra

/// What rows of one modulus chain work with: its primes, an encoder, and a message that fills all slots.
struct ChainFixture {
    let chain: ModulusChain
    /// The primes of QP: those of Q come first.
    let basis: RNSBasis
    /// Of plaintexts modulo Q.
    let encoder: Encoder
    let workspace: EncoderWorkspace
    /// Real and imaginary parts are uniform in [-1, 1].
    let message: [Complex]

    /// What messages are multiplied by: as large as most primes of the chains, so that rescaling keeps it.
    static let scale = 0x1p40

    init(_ chain: ModulusChain, backend: Backend) throws {
        self.chain = chain
        basis = try ModulusChain.basis(
            degree: chain.degree, primeBits: chain.primes + chain.specialPrimes, backend: backend)
        encoder = try Encoder(basis: basis.prefix(chain.primes.count))
        workspace = EncoderWorkspace(for: encoder)
        var generator = SplitMix64(seed: 1)
        message = (0..<encoder.slotCapacity).map { _ in
            Complex(.random(in: -1...1, using: &generator), .random(in: -1...1, using: &generator))
        }
    }

    /// The row called `name`, with the parameters that tell chains apart.
    static func row(_ name: String, _ chain: ModulusChain) -> Row {
        var row = Row(name)
        row["n"] = .integer(chain.degree)
        row["primes"] = .integer(chain.primes.count)
        row["logQP"] = .integer(chain.logQP)
        return row
    }

    /// Checks that `found` is the message but for the encoder's errors, on average and in the worst slot.
    ///
    /// Rounding moves many coefficients, which add up in each slot, so the square of a slot's distance has an
    /// exponential distribution, whose mean the encoder predicts. The mean over all n slots is within six standard
    /// errors, 6 / sqrt n of it, and a slot is beyond sqrt 30 times the predicted distance with a probability of
    /// exp(-30). The transforms add at most what `CKernels.h` bounds, there and back: 4.25 log2 n 2^-53 times the
    /// message's 2-norm, each.
    func checkMessage(_ found: [Complex], _ row: Row) throws {
        let count = Double(message.count)
        let predicted = encoder.roundingError(slots: message.count, scale: Self.scale)
        let norm = message.reduce(0) { $0 + $1.magnitude * $1.magnitude }.squareRoot()
        let transforms = (2 * 4.25 * Double(message.count.trailingZeroBitCount) + 12) * 0x1p-53 * norm
        guard found.count == message.count else { throw WrongResult(row, "\(found.count) slots") }
        let distance = PrecisionStatistics(of: found, against: message).distance
        // As the negation of what is right, which NaN is not.
        let deviation = 6 / count.squareRoot()
        let meanIsRight =
            distance.rms <= predicted * (1 + deviation).squareRoot() + transforms / count.squareRoot()
            && distance.rms >= predicted * (1 - deviation).squareRoot() - transforms / count.squareRoot()
        guard meanIsRight, distance.max <= predicted * 30.0.squareRoot() + transforms else {
            throw WrongResult(
                row, "errors of \(distance.rms) on average and \(distance.max) at most, where \(predicted) is predicted"
            )
        }
    }
}
