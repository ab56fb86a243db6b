/// How many bits of the residues of an answer are kept; the rest is rounded away.
public struct AnswerPrecision: Sendable, Hashable, Codable {
    /// Bits kept of each mask residue.
    public var maskBits: Int
    /// Bits kept of each body residue.
    public var bodyBits: Int

    /// Keeping `maskBits` and `bodyBits` of the residues.
    public init(maskBits: Int, bodyBits: Int) {
        self.maskBits = maskBits
        self.bodyBits = bodyBits
    }
}

extension RLWEParameters {
    /// Standard deviation of the noise in a phase: the encryption errors, weighted by the combination, and the
    /// two roundings of the answer, of which the mask's is multiplied by the secret (n coefficients of variance
    /// 2/3).
    ///
    /// - Parameter rowNorm: Euclidean norm of the integer weights.
    public func phaseStandardDeviation(rowNorm: Double, precision: AnswerPrecision) -> Double {
        let errors = rowNorm * error.standardDeviation
        let mask = roundingVariance(precision.maskBits) * Double(degree) * 2 / 3
        return (errors * errors + mask + roundingVariance(precision.bodyBits)).squareRoot()
    }

    /// The largest noise that a phase can have, whatever the randomness.
    ///
    /// - Parameter rowSum: sum of the magnitudes of the integer weights.
    public func phaseErrorBound(rowSum: Double, precision: AnswerPrecision) -> Double {
        Double(error.bound) * rowSum + Double(degree) * largestRounding(precision.maskBits)
            + largestRounding(precision.bodyBits)
    }

    /// Rounding to `bits` bits is off by at most half a step, and by none when all bits are kept.
    private func largestRounding(_ bits: Int) -> Double {
        bits >= logModulus ? 0 : Double(1 << (logModulus - 1 - bits))
    }

    private func roundingVariance(_ bits: Int) -> Double {
        guard bits < logModulus else { return 0 }
        let step = Double(1 << (logModulus - bits))
        return (step * step - 1) / 12
    }
}
