import RLWE

/// How the host rounds one part of its answers, and how far a sum of honest roundings strays.
///
/// A residue x, a multiple of `unit`, is answered by the nearest multiple of `step`, ties upwards. With step > unit the
/// error is one of the step / unit multiples of `unit` in (-step / 2, step / 2], each as likely: its mean is unit / 2,
/// its variance (step^2 - unit^2) / 12. Equal rows have equal errors; those of different rows are pairwise independent.
/// So the errors of the rows that a vector chooses have a sum of mean `chosen` unit / 2 and of a variance below
/// `weight` step^2 / 12.
struct AnswerRounding: Sendable {
    /// Distance of the residues that are answered.
    let step: Int
    /// Distance of the residues before they are rounded.
    let unit: Int

    /// Honest sums within as many standard deviations pass.
    static let deviations = 7.0

    /// Rounding residues of `present` bits to `kept` bits, both of 24.
    init(from present: Int, to kept: Int) {
        step = 1 << (24 - kept)
        unit = 1 << (24 - present)
    }

    /// Whether nothing is rounded.
    var isExact: Bool { step == unit }

    /// Twice the mean of the sum of the errors of `chosen` rows.
    func doubledMean(chosen: Int) -> Int { isExact ? 0 : unit * chosen }

    /// The distance from the mean that a sum of errors of this weight may have.
    func tolerance(weight: Int) -> Double {
        isExact ? 0 : Self.deviations * Double(step) * (Double(weight) / 12).squareRoot()
    }
}
