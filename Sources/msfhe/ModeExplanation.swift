import SpectralSearch

extension ModeChoice {
    /// One line that says why: `12 queries: interactive, about 60 ms on the host; batch would take 410 ms`.
    var explanation: String {
        let queries = "\(queryCount) \(queryCount == 1 ? "query" : "queries"): \(mode.rawValue)"
        guard let other else { return "\(queries), the only mode that this library is laid out for" }
        guard let seconds = chosen.seconds, let otherSeconds = other.seconds else {
            return "\(queries), as the number suggests: the card does not say what searches cost"
        }
        let time =
            "about \(ProgressLine.duration(seconds)) on the host; \(other.mode.rawValue) would take \(ProgressLine.duration(otherSeconds))"
        // The search is not all that a researcher waits for.
        let (few, many) = (min(chosen.byteCount, other.byteCount), max(chosen.byteCount, other.byteCount))
        guard many >= 4 * few else { return "\(queries), \(time)" }
        return
            "\(queries), \(time); \(ProgressLine.bytes(chosen.byteCount)) to send and fetch instead of \(ProgressLine.bytes(other.byteCount))"
    }
}
