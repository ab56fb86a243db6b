/// The sentence at the top of the page: a claim, and the figures that it rests on.
struct Headline: Sendable, Equatable {
    /// What encryption cost, without a full stop.
    var claim: String
    /// The figures behind the claim, with a full stop.
    var evidence: String

    /// What the figures of `report` say about the cost of encryption; rounding to integers is part of it.
    init(_ report: AccuracyReport) {
        let (encrypted, plaintext) = (report.accuracy.encrypted, report.accuracy.plaintext)
        let queries = Numerals.count(report.queries, "query", "queries")
        guard report.knowsRightCompounds else {
            // Without a known compound there is no accuracy, only agreement.
            let same = report.figureText.share(report.agreement.top1)
            claim = "Encrypted and plaintext search name the same best compound for \(same) of \(queries)"
            evidence = "the right compounds are not known, so accuracy cannot be told."
            return
        }

        let points = 100 * (plaintext.top1 - encrypted.top1)
        let share = report.figureText.share(encrypted.top1)
        let reference = report.figureText.share(plaintext.top1)
        let first = "the right compound came first for \(share) of \(queries)"
        if points.magnitude < 1e-9 {
            claim = "Encryption cost 0.0 points of accuracy"
            evidence = "\(first), encrypted and in plaintext alike."
        } else if points > 0 {
            claim = "Encryption cost \(Headline.amount(points, places: report.figureText.places)) of accuracy"
            evidence = "\(first), against \(reference) in plaintext."
        } else {
            claim = "Encryption cost no accuracy"
            evidence = "\(first), against \(reference) in plaintext; noise tips near-ties either way."
        }
    }

    /// What the figures of several configurations say.
    init(_ joint: JointReport) {
        let reports = joint.configurations
        guard reports.count > 1, reports.allSatisfy(\.knowsRightCompounds) else {
            self.init(reports[0])
            return
        }
        let text = reports[0].figureText
        let worst = reports.map { 100 * ($0.accuracy.plaintext.top1 - $0.accuracy.encrypted.top1) }.max() ?? 0
        let cost =
            worst < 1e-9
            ? "Encryption cost no accuracy in \(reports.count) configurations"
            : "Encryption cost at most \(Headline.amount(worst, places: text.places)) of accuracy in "
                + "\(reports.count) configurations"
        let shares = reports.map(\.accuracy.encrypted.top1)
        self.init(
            claim: cost,
            evidence: "encrypted, the right compound came first for \(text.share(shares.min() ?? 0)) to "
                + "\(text.share(shares.max() ?? 0)) of \(Numerals.count(reports[0].queries, "query", "queries")).")
    }

    private init(claim: String, evidence: String) {
        self.claim = claim
        self.evidence = evidence
    }

    private static func amount(_ points: Double, places: Int) -> String {
        if points < 0.005 { return "less than 0.01 points" }
        return Numerals.decimal(points, places: points < 0.095 ? 2 : places) + " points"
    }
}

extension AccuracyReport {
    /// Whether any query's compound is known and in the library, so that there is accuracy to speak of.
    var knowsRightCompounds: Bool { accuracy.encrypted.mrr > 0 || accuracy.plaintext.mrr > 0 }
}
