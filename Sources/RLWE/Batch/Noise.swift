/// How many bits of the residues travel; the rest is rounded away by whoever sends them.
public struct WirePrecision: Sendable, Hashable, Codable {
    /// Bits of each residue of the encrypted queries, 16 or 24. The host multiplies by what it gets: sixteen bits are
    /// two thirds of the work, for noise that grows with the norm of the library's rows.
    public var uploadBits: Int
    /// Bits of each mask residue of an answer.
    public var maskBits: Int
    /// Bits of each body residue of an answer, at most ``uploadBits``.
    public var bodyBits: Int

    /// Sending `uploadBits` up, `maskBits` and `bodyBits` down.
    public init(uploadBits: Int, maskBits: Int, bodyBits: Int) {
        self.uploadBits = uploadBits
        self.maskBits = maskBits
        self.bodyBits = bodyBits
    }
}

extension RLWEParameters {
    /// Standard deviation of the noise in a phase: the encryption errors and the rounding of the upload, weighted by
    /// the combination, and the two roundings of the answer, of which the mask's is multiplied by the secret (n
    /// coefficients of variance 2/3).
    ///
    /// - Parameter rowNorm: Euclidean norm of the integer weights.
    public func phaseStandardDeviation(rowNorm: Double, precision: WirePrecision) -> Double {
        let upload = roundingVariance(from: logModulus, to: precision.uploadBits)
        let query = error.standardDeviation * error.standardDeviation + upload
        let mask = roundingVariance(from: logModulus, to: precision.maskBits) * Double(degree) * 2 / 3
        let body = roundingVariance(from: precision.uploadBits, to: precision.bodyBits)
        return (rowNorm * rowNorm * query + mask + body).squareRoot()
    }

    /// The largest noise that a phase can have, whatever the randomness.
    ///
    /// - Parameter rowSum: sum of the magnitudes of the integer weights.
    public func phaseErrorBound(rowSum: Double, precision: WirePrecision) -> Double {
        rowSum * (Double(error.bound) + largestRounding(from: logModulus, to: precision.uploadBits))
            + Double(degree) * largestRounding(from: logModulus, to: precision.maskBits)
            + largestRounding(from: precision.uploadBits, to: precision.bodyBits)
    }

    /// Rounding to `bits` bits is off by at most half a step, and by none when all bits there are are kept.
    private func largestRounding(from present: Int, to bits: Int) -> Double {
        bits >= present ? 0 : Double(1 << (logModulus - 1 - bits))
    }

    /// Variance of rounding a uniform residue of `present` bits to `bits` bits: that of the multiples of one unit
    /// within a step.
    private func roundingVariance(from present: Int, to bits: Int) -> Double {
        guard bits < present else { return 0 }
        let step = Double(1 << (logModulus - bits))
        let unit = Double(1 << (logModulus - present))
        return (step * step - unit * unit) / 12
    }
}
