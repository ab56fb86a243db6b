import CKKS
import Foundation
import Harness
import Ring
import Spectra

/// What rows of one chain of primes work with: the parameters, and messages that fill all slots.
struct ChainFixture {
    let parameters: CKKSParameters
    let workspace: EncoderWorkspace
    /// Slots on the unit circle: they fill the magnitude that ciphertexts declare, so that noise estimates are exact.
    let message: [Complex]
    let secondMessage: [Complex]

    init(_ literal: ParametersLiteral, backend: Backend) throws {
        parameters = try CKKSParameters(literal, backend: backend)
        workspace = EncoderWorkspace(for: parameters.encoder)
        var generator = SplitMix64(seed: 1)
        message = Self.unitSlots(parameters.slotCapacity, &generator)
        secondMessage = Self.unitSlots(parameters.slotCapacity, &generator)
    }

    private static func unitSlots(_ count: Int, _ generator: inout SplitMix64) -> [Complex] {
        (0..<count).map { _ in
            let angle = Double.random(in: 0..<2 * .pi, using: &generator)
            return Complex(cos(angle), sin(angle))
        }
    }

    /// A message at the parameters' scale.
    func encode(_ message: [Complex]) throws -> HeldPlaintext {
        HeldPlaintext(try parameters.encoder.encode(message, scale: parameters.scale, workspace: workspace))
    }

    /// Checks that `found` is the message but for the encoder's errors, on average and in the worst slot, and adds its
    /// precision to the row.
    ///
    /// Rounding moves many coefficients, which add up in each slot, so the square of a slot's distance has an
    /// exponential distribution, whose mean the encoder predicts. The mean over all n slots is within six standard
    /// errors, 6 / sqrt n of it, and a slot is beyond sqrt 30 times the predicted distance with a probability of
    /// exp(-30). The transforms add at most what `CKernels.h` bounds, there and back: 4.25 log2 n 2^-53 times the
    /// message's 2-norm, each.
    func checkMessage(_ found: [Complex], _ row: inout Row) throws {
        let count = Double(message.count)
        let predicted = parameters.encoder.roundingError(slots: message.count, scale: parameters.scale)
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
        row["precisionBits"] = .number(-log2(distance.rms))
    }
}

/// A plaintext that works share.
final class HeldPlaintext {
    var plaintext: Plaintext?

    init(_ plaintext: consuming Plaintext) { self.plaintext = consume plaintext }

    /// The slots that the plaintext holds.
    ///
    /// - Throws: ``WrongResult`` when a work has left none.
    func decoded(by encoder: Encoder, _ row: Row) throws -> [Complex] {
        guard plaintext != nil else { throw WrongResult(row, "the message is refused") }
        return encoder.decode(plaintext!)
    }
}
