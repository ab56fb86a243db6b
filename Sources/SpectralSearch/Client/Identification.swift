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
    ///   - calibration: what gives the best hits their probabilities; nil for none.
    ///   - progress: called after each block with the number of library rows done.
    /// - Throws: ``InputError`` when the answer does not belong to the run and library.
    public init(
        answer: AnswerFile, record: RunRecord, key: SecretKey, entries: [LibraryEntry], top: Int,
        calibration: Calibration? = nil, threads: Int,
        progress: (Int) -> Void = { _ in }
    ) throws {
        let recordByteCount = answer.layout.recordByteCount
        let blockRows = max(1, min(4096, (64 << 20) / max(recordByteCount, 4 * answer.queryCount)))
        let records = AlignedBuffer<UInt8>(count: blockRows * recordByteCount)
        var ranking = Ranking(record: record, entries: entries, top: top, calibration: calibration)
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

/// The best compounds of each query, and its best decoy, kept while the library rows go by.
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
    private let areDecoys: [Bool]
    private let top: Int
    private let kept: Int
    private let calibration: Calibration?
    private var best: [Leaders]

    /// What is kept of a query.
    private struct Leaders {
        var candidates: [Candidate] = []
        /// The best score of a decoy.
        var decoy: Double?
    }

    package init(record: RunRecord, entries: [LibraryEntry], top: Int, calibration: Calibration? = nil) {
        precondition(top >= 1, "at least one hit a query")
        self.top = top
        self.calibration = calibration
        // A probability depends on the second compound, too.
        kept = calibration == nil ? top : max(top, 2)
        areDecoys = entries.map(\.isDecoy)
        precursors = record.queries.map(\.precursorMZ)
        rowPrecursors = entries.map(\.precursorMZ)
        var numbers: [String: Int] = [:]
        compounds = entries.map { entry in
            let number = numbers[entry.compound] ?? numbers.count
            numbers[entry.compound] = number
            return number
        }
        best = [Leaders](repeating: Leaders(), count: precursors.count)
    }

    /// Takes the scores of `rows`: one row of scores for each, one score for each query; minus infinity where a row was
    /// not searched for a query.
    package mutating func add(_ scores: UnsafeBufferPointer<Float>, rows: Range<Int>, threads: Int) {
        let queryCount = precursors.count
        nonisolated(unsafe) let scores = scores
        let current = best
        best = parallelMap(Array(0..<queryCount), threads: threads) { [self] query in
            var leaders = current[query]
            for row in rows {
                let score = ScoreRelease.rounded(scores[(row - rows.lowerBound) * queryCount + query])
                guard score > -.infinity else { continue }
                guard !areDecoys[row] else {
                    leaders.decoy = max(leaders.decoy ?? score, score)
                    continue
                }
                if leaders.candidates.count == kept, score < leaders.candidates[kept - 1].score { continue }
                insert(
                    Candidate(
                        score: score, row: row, precursorError: abs(precursorError(query, row) ?? .infinity),
                        compound: compounds[row]), into: &leaders.candidates)
            }
            return leaders
        }
    }

    private func insert(_ candidate: Candidate, into candidates: inout [Candidate]) {
        if let same = candidates.firstIndex(where: { $0.compound == candidate.compound }) {
            guard candidate.precedes(candidates[same]) else { return }
            candidates.remove(at: same)
        }
        let position = candidates.firstIndex { candidate.precedes($0) } ?? candidates.count
        candidates.insert(candidate, at: position)
        if candidates.count > kept { candidates.removeLast() }
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
        let qValues = qValues()
        for (query, leaders) in best.enumerated() {
            let probability = probability(leaders)
            for (position, candidate) in leaders.candidates.prefix(top).enumerated() {
                let isBest = position == 0
                hits.append(
                    Hit(
                        query: query, rank: position + 1, score: release.release(Float(candidate.score)),
                        row: candidate.row, precursorErrorPPM: precursorError(query, candidate.row),
                        qValue: isBest ? qValues?[query] : nil, probability: isBest ? probability : nil))
            }
            // Decoys, and second compounds that are not listed, tell of their scores through the best hit's statistics.
            for score in leaders.candidates.dropFirst(top).map(\.score) + [leaders.decoy].compactMap(\.self) {
                _ = release.release(Float(score))
            }
        }
        return (hits, release.count)
    }

    /// The q-values of all queries' best hits; nil where the library has no decoys.
    private func qValues() -> [Double]? {
        let matches = best.compactMap { leaders in
            leaders.decoy.map {
                TargetDecoyCompetition.Match(target: leaders.candidates.first?.score ?? -.infinity, decoy: $0)
            }
        }
        return matches.count == best.count ? TargetDecoyCompetition(matches).qValues : nil
    }

    /// The probability that the best compound is right; nil without a calibration.
    private func probability(_ leaders: Leaders) -> Double? {
        guard let calibration, let first = leaders.candidates.first else { return nil }
        return calibration.probability(
            HitEvidence(
                best: first.score, second: leaders.candidates.dropFirst().first?.score, decoy: leaders.decoy))
    }
}
