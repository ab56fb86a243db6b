import Foundation
import RLWE
import Spectra
import TestSupport
import Testing

@testable import SpectralSearch

struct RankingTests {
    /// Ranks agree with sorting everything, for random scores with many ties, whatever the blocks.
    @Test(arguments: [1, 7, 64])
    func ranksAgreeWithSorting(blockRows: Int) throws {
        let files = try SearchFiles(librarySize: 64, queryCount: 5)
        let record = try RunRecord(path: files.folder("run.local"))
        var entries = files.library.entries
        for index in entries.indices { entries[index].name = "compound \(Int.random(in: 0..<20))" }
        let scores = (0..<64 * 5).map { _ in Float(Int.random(in: 0...30)) / 1000 }

        var ranking = Ranking(record: record, entries: entries, top: 6)
        for first in stride(from: 0, to: 64, by: blockRows) {
            let range = first..<min(first + blockRows, 64)
            scores[range.lowerBound * 5..<range.upperBound * 5].withUnsafeBufferPointer {
                ranking.add($0, rows: range, threads: 2)
            }
        }
        let hits = ranking.finish().hits
        for query in 0..<5 {
            let precursor = record.queries[query].precursorMZ!
            let sorted = (0..<64).sorted { x, y in
                func key(_ row: Int) -> (Float, Double, Int) {
                    let reference = entries[row].precursorMZ!
                    return (-scores[row * 5 + query], abs((precursor - reference) / reference), row)
                }
                return key(x) < key(y)
            }
            var seen: Set<String> = []
            let expected = sorted.filter { seen.insert(entries[$0].name).inserted }.prefix(6)
            let found = hits.filter { $0.query == query }
            #expect(found.map(\.row) == Array(expected))
            #expect(found.map(\.rank) == Array(1...found.count))
        }
    }

    @Test func releasedScoresAreRoundedAndCounted() {
        var release = ScoreRelease()
        #expect(release.release(1.23449) == 1.234)
        #expect("\(release.release(-0.0004))" == "0.0")
        #expect(release.count == 2)
    }
}
