import CKKS
import Crypto
import Foundation
import Spectra
import Storage
import TestSupport
import Testing

@testable import SpectralSearch

/// Precursor windows that a researcher lets the host know.
struct DisclosureTests {
    /// A window reaches a quarter of its width at least beyond the precursor, and is the same for all precursors that
    /// are rounded alike: an interval half as wide.
    @Test(arguments: [10, 50, 334, 1000]) func windowsAreCoarse(width: Int) throws {
        let disclosure = try PrecursorDisclosure(width: width)
        for _ in 0..<200 {
            let precursor = Double.random(in: 0.1...3000)
            let centre = disclosure.centre(of: precursor)
            let window = disclosure.window(centre: centre)
            #expect(PrecursorDisclosure.isCentre(centre))
            #expect(abs(window.upperBound - window.lowerBound - Double(width)) < 1e-9)
            let margin = min(precursor - window.lowerBound, window.upperBound - precursor)
            #expect(margin >= Double(width) / 4 - 1e-9)
            // What is disclosed says no more than this interval.
            let middle = Double(centre) * Double(width) / 2
            for other in [max(middle - Double(width) / 4 * 0.999, 1e-3), middle + Double(width) / 4 * 0.999] {
                #expect(disclosure.centre(of: other) == centre)
            }
        }
    }

    @Test func oddPrecursorsAreNoTrap() throws {
        let disclosure = PrecursorDisclosure.usual
        #expect(disclosure.centre(of: nil) == PrecursorDisclosure.nothing)
        #expect(disclosure.window(centre: disclosure.centre(of: nil)).contains(1e300))
        for precursor in [0, 1e-300, 1e300, .infinity] {
            let centre = disclosure.centre(of: precursor)
            #expect(PrecursorDisclosure.isCentre(centre) && centre != PrecursorDisclosure.nothing)
        }
        for width in [Int.min, -50, 0, 8, 51, 1001, 1002, Int.max] {
            #expect(throws: InputError.self) { try PrecursorDisclosure(width: width) }
        }
    }

    /// The blocks of a window have every row in it, and none at either end that has no place in it.
    @Test func blocksCoverTheirWindow() throws {
        let layout = TallMatrixLayout(degree: 64, rowCount: 300, columnCount: 16)
        let precursors = (0..<300).map { _ in Int.random(in: 0..<5) == 0 ? nil : Double.random(in: 100...900).rounded()
        }
        let sorted = PrecursorOrder(precursors).rows.map { precursors[$0] ?? .infinity }
        #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0 <= $1 })
        let made = BlockPrecursors(sorted, layout)
        let index = try BlockPrecursors(bytes: made.bytes, path: "index")
        #expect(made.bytes.count == BlockPrecursors.byteCount(layout))
        for _ in 0..<300 {
            let lower = Double(Int.random(in: 0...1000))
            let window = lower..<lower + Double(Int.random(in: 1...200))
            let blocks = index.blocks(window)
            for (row, precursor) in sorted.enumerated() where window.contains(precursor) {
                #expect(blocks.contains(row / 64))
            }
            for block in [blocks.first, blocks.last].compactMap(\.self) {
                let rows = layout.rows(ofBlock: block)
                #expect(sorted[rows.upperBound - 1] >= window.lowerBound && sorted[rows.lowerBound] < window.upperBound)
            }
        }
        #expect(index.blocks(-.infinity ..< .infinity) == 0..<5)
        #expect(index.blocks(2000..<3000).isEmpty && index.blocks(-20..<10).isEmpty)
    }

    /// Precursors of blocks that do not ascend, or are none, are refused.
    @Test(arguments: [[2.0, 1], [1, 3, 2, 4], [.nan, 1], [1, .nan], [0, 1], [-1, 1], [.infinity, 1]])
    func hostileBlocksAreRefused(limits: [Double]) {
        var bytes: [UInt8] = []
        for limit in limits { bytes.append(littleEndian: limit.bitPattern) }
        #expect(throws: InputError.self) { try BlockPrecursors(bytes: bytes, path: "index") }
    }

    /// Searches of three blocks of rows, of which the queries' windows need one or two.
    private static let files = try! InteractiveFiles(
        librarySize: 9000, queryCount: 4, dimension: 192, disclosure: PrecursorDisclosure(width: 20))

    /// The answer has the blocks of the windows only, with the very scores that whoever discloses nothing gets, and
    /// the hits are the best of the spectra in them.
    @Test func whatIsDisclosedIsSearched() throws {
        let files = Self.files
        let record = try RunRecord(path: files.folder("run.local"))
        #expect(record.disclosure?.width == 20)
        let answer = try InteractiveAnswerFile(path: files.folder("run.mss"), run: record)
        let order = PrecursorOrder(files.spectra.map(\.precursorMZ)).rows
        let decryption = InteractiveDecryption(card: files.card, key: try files.key)
        let vectorizer = SpectrumVectorizer(recipe: files.card.content.vector)
        let deviation = InteractiveScheme(card: files.card).scoreDeviation(rowCount: 9000)
        let hits = try files.identify(top: 1)
        var answered = 0
        for (query, truth) in files.truths.enumerated() {
            let vector = vectorizer.vector(of: truth)
            var best = -Double.infinity
            for block in 0..<3 {
                let rows = order[block * 4096..<min((block + 1) * 4096, 9000)]
                let wanted = rows.contains { abs((files.spectra[$0].precursorMZ ?? 0) - (truth.precursorMZ ?? 0)) < 5 }
                let ciphertext = try answer.ciphertext(query: query, block: block)
                #expect(ciphertext != nil || !wanted)
                guard let ciphertext else { continue }
                answered += 1
                var scores = [Float](repeating: 0, count: rows.count)
                decryption.decrypt(ciphertext, count: rows.count, into: &scores, stride: 1)
                for (row, score) in zip(rows, scores).prefix(100) {
                    let exact = zip(vectorizer.vector(of: files.spectra[row]), vector)
                        .reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
                    #expect(abs(Double(score) - exact) < 12 * deviation)
                }
                best = max(best, Double(scores.max() ?? 0))
            }
            let hit = try #require(hits.first { $0.query == query })
            #expect(files.spectra[hit.row].compound == truth.compound && abs(hit.score - best) <= 0.0005 + 1e-6)
        }
        #expect(answered < 3 * files.truths.count)
        let size = try files.content("run.mss").count
        #expect(size == 80 + 8 * 4 + answered * 27_648 + 32)
    }

    /// Answers from other blocks than the window's, and uploads of windows that nobody may disclose, are refused.
    @Test func wellSealedNonsenseIsRefused() throws {
        let files = Self.files
        let folder = try TemporaryFolder()
        func resealed(_ name: String, _ change: (inout Data) -> Void) throws -> String {
            var content = try files.content(name).dropLast(32)
            change(&content)
            return try folder.write(content + Data(SHA256.hash(data: content)), to: "file")
        }
        let record = try RunRecord(path: files.folder("run.local"))
        let entries = try LibraryEntries(path: files.folder("library/entries.tsv"), card: files.card).rows
        func identify(_ path: String) throws {
            _ = try Identification(
                answer: InteractiveAnswerFile(path: path, run: record), record: record, key: files.key,
                entries: entries, top: 1, threads: 1)
        }
        #expect(throws: Never.self) { try identify(files.folder("run.mss")) }
        // Blocks of queries 0 and 1 that add up to as many: one taken away from the first, or moved.
        let (first, end) = try blocks(0, files)
        let moved = first > 0 ? (first - 1, end - 1) : (first + 1, end + 1)
        for (first, end) in [moved, (end, first), (first, 4), (first, UInt32.max)] where first != end {
            let path = try resealed("run.mss") {
                $0.replaceSubrange(80..<84, with: withUnsafeBytes(of: first.littleEndian) { Data($0) })
                $0.replaceSubrange(84..<88, with: withUnsafeBytes(of: end.littleEndian) { Data($0) })
            }
            #expect(throws: InputError.self, "blocks \(first) to \(end)") { try identify(path) }
        }
        let scheme = InteractiveScheme(card: files.card)
        let changes: [(inout Data) -> Void] = [
            { $0[76] = 0 }, { $0[76] = 8 }, { $0[76] = 21 }, { $0[79] = 1 }, { $0[83] = 2 }, { $0[83] = 0xFF },
        ]
        for (number, change) in changes.enumerated() {
            let path = try resealed("run.msq", change)
            #expect(throws: InputError.self, "change \(number)") {
                try InteractiveUpload(path: path, card: files.card, scheme: scheme)
            }
        }
        // An answer with fewer blocks than the library has is none to a run that disclosed nothing.
        let hidden = RunRecord(
            card: record.card, queries: record.queries, source: nil, uploadDigest: record.uploadDigest, seed: nil,
            nonce: record.nonce, keyCheck: Data(count: 16))
        #expect(throws: InputError.self) { try InteractiveAnswerFile(path: files.folder("run.mss"), run: hidden) }
    }

    private func blocks(_ query: Int, _ files: InteractiveFiles) throws -> (UInt32, UInt32) {
        let content = try Array(files.content("run.mss"))
        var reader = HeaderReader(content, skipping: 80 + 8 * query)
        return (reader.integer(UInt32.self), reader.integer(UInt32.self))
    }
}
