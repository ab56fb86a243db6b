/// The four figures that a reader should take away besides accuracy.
struct HeadlineFacts {
    private let report: AccuracyReport

    init(_ report: AccuracyReport) { self.report = report }

    var list: Markup {
        let perQuery = report.bytes.upload / max(report.queries, 1)
        let facts = [
            (
                "same best compound",
                report.figureText.share(report.agreement.top1),
                "encrypted and in plaintext"
            ),
            (
                "the time in plaintext", Numerals.significant(report.ratioToSgemm) + "\u{A0}\u{D7}",
                "encrypted search against OpenBLAS sgemm of the same shape"
            ),
            ("sent for each query", Numerals.bytes(perQuery), "the keys not counted"),
            (
                "of security", "\(report.parameters.securityBits)\u{A0}bits",
                "the host sees ciphertexts only"
            ),
        ]
        let items: [Markup] = facts.map { label, figure, explanation in
            "<div><dt>\(label)</dt><dd><b>\(figure)</b><small>\(explanation)</small></dd></div>"
        }
        return "<dl class=\"facts\">\(items)</dl>"
    }
}
