import Foundation
import RLWE
import Ring
import Storage

/// One line of the answer that the researcher reads: a library compound for a query.
public struct Hit: Sendable, Hashable {
    /// Index of the query in its run.
    public var query: Int
    /// 1 for the best compound.
    public var rank: Int
    /// Cosine of the fragments plus kernel of the precursors, in [-1, 2], rounded to a thousandth.
    public var score: Double
    /// Index of the compound's best library spectrum.
    public var row: Int
    /// (query precursor - library precursor) / library precursor, in parts per million; nil when one is unknown.
    public var precursorErrorPPM: Double?
    /// The least false discovery rate, from 0 to 1, of a list of best hits that holds this one; nil where the library
    /// has no decoys.
    public var qValue: Double?
    /// The probability, from 0 to 1, that the query's compound is this one; nil without a calibration.
    public var probability: Double?
}

/// Turns an answer into ranked hits: the best library spectrum of each compound, the best compounds first.
///
/// Ranking uses the released (rounded) scores only; ties go to the smaller precursor error, then to the earlier
/// library spectrum.
public struct Identification: Sendable {
    /// Hits of all queries, by query and rank.
    public let hits: [Hit]
    /// Number of scores that were released to make them.
    public let releasedCount: Int

    init(hits: [Hit], releasedCount: Int) {
        self.hits = hits
        self.releasedCount = releasedCount
    }

    /// Decrypts `answer` and ranks.
    ///
    /// - Parameters:
    ///   - top: compounds kept for each query, at least 1.
    ///   - progress: called after each block with the number of library rows done.
    /// - Throws: ``InputError`` when the answer does not belong to the run and library.
    public init(
        answer: AnswerFile, record: RunRecord, key: SecretKey, entries: [LibraryEntry], top: Int, threads: Int,
        progress: (Int) -> Void = { _ in }
    ) throws {
        let recordByteCount = answer.layout.recordByteCount
        let blockRows = max(1, min(4096, (64 << 20) / max(recordByteCount, 4 * answer.queryCount)))
        let records = AlignedBuffer<UInt8>(count: blockRows * recordByteCount)
        var ranking = Ranking(record: record, entries: entries, top: top)
        let decryption = ScoreDecryption(record: record, key: key)
        let scores = AlignedBuffer<Float>(count: blockRows * answer.queryCount, lifetime: .wiped)
        for first in stride(from: 0, to: answer.rowCount, by: blockRows) {
            let range = first..<min(first + blockRows, answer.rowCount)
            try records.withUnsafeMutableBufferPointer { records in
                let bytes = UnsafeMutableRawBufferPointer(records)
                try answer.copyRecords(
                    range, to: UnsafeMutableRawBufferPointer(rebasing: bytes[0..<range.count * recordByteCount]))
                decryption.decrypt(
                    records: bytes.baseAddress!, rowScales: ArraySlice(entries[range].map(\.scale)),
                    into: scores.unsafeBase, threads: threads)
            }
            scores.withUnsafeBufferPointer { ranking.add($0, rows: range, threads: threads) }
            progress(range.upperBound)
        }
        let (hits, releasedCount) = ranking.finish()
        self.init(hits: hits, releasedCount: releasedCount)
    }
}

/// The best compounds of each query, kept while the library rows go by.
package struct Ranking {
    private struct Candidate {
        var score: Double
        var row: Int
        var precursorError: Double
        var compound: Int

        /// Whether this candidate stands before `other`.
        func precedes(_ other: Candidate) -> Bool {
            (-score, precursorError, row) < (-other.score, other.precursorError, other.row)
        }
    }

    private let precursors: [Double?]
    private let rowPrecursors: [Double?]
    private let compounds: [Int]
    private let top: Int
    private var best: [[Candidate]]

    package init(record: RunRecord, entries: [LibraryEntry], top: Int) {
        precondition(top >= 1, "at least one hit a query")
        self.top = top
        precursors = record.queries.map(\.precursorMZ)
        rowPrecursors = entries.map(\.precursorMZ)
        var numbers: [String: Int] = [:]
        compounds = entries.map { entry in
            let number = numbers[entry.compound] ?? numbers.count
            numbers[entry.compound] = number
            return number
        }
        best = [[Candidate]](repeating: [], count: precursors.count)
    }

    /// Takes the scores of `rows`: one row of scores for each, one score for each query; minus infinity where a row was
    /// not searched for a query.
    package mutating func add(_ scores: UnsafeBufferPointer<Float>, rows: Range<Int>, threads: Int) {
        let queryCount = precursors.count
        nonisolated(unsafe) let scores = scores
        let current = best
        best = parallelMap(Array(0..<queryCount), threads: threads) { [self] query in
            var candidates = current[query]
            for row in rows {
                let score = ScoreRelease.rounded(scores[(row - rows.lowerBound) * queryCount + query])
                guard score > -.infinity else { continue }
                if candidates.count == top, score < candidates[top - 1].score { continue }
                insert(
                    Candidate(
                        score: score, row: row, precursorError: abs(precursorError(query, row) ?? .infinity),
                        compound: compounds[row]), into: &candidates)
            }
            return candidates
        }
    }

    private func insert(_ candidate: Candidate, into candidates: inout [Candidate]) {
        if let same = candidates.firstIndex(where: { $0.compound == candidate.compound }) {
            guard candidate.precedes(candidates[same]) else { return }
            candidates.remove(at: same)
        }
        let position = candidates.firstIndex { candidate.precedes($0) } ?? candidates.count
        candidates.insert(candidate, at: position)
        if candidates.count > top { candidates.removeLast() }
    }

    /// In parts per million of the library's precursor.
    private func precursorError(_ query: Int, _ row: Int) -> Double? {
        guard let measured = precursors[query], let reference = rowPrecursors[row] else { return nil }
        return (measured - reference) / reference * 1e6
    }

    /// The hits, and the number of scores released for them.
    package func finish() -> (hits: [Hit], releasedCount: Int) {
        var release = ScoreRelease()
        var hits: [Hit] = []
        for (query, candidates) in best.enumerated() {
            for (position, candidate) in candidates.enumerated() {
                hits.append(
                    Hit(
                        query: query, rank: position + 1, score: release.release(Float(candidate.score)),
                        row: candidate.row, precursorErrorPPM: precursorError(query, candidate.row)))
            }
        }
        return (hits, release.count)
    }
}
