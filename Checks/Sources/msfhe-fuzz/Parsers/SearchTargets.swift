import Ring
import RLWE

@testable import SpectralSearch

/// What travels between researcher and host: uploads, answers, and the masks of libraries that publish them.
enum SearchTargets {
    static let all = [upload, answer, masks]

    /// An upload, searched.
    private static let upload = Target(
        name: "upload", seeds: { [Fixture.shared.upload] },
        parse: { input in
            let card = Fixture.shared.card
            let upload = try withFile(Sealing.binary.seal(input)) { try Upload(path: $0, card: card) }
            HostSearch(try BatchSearch(card: card, upload: upload, threads: 1)).answer(HostSearch.rows)
        })

    /// An answer, decrypted and ranked.
    private static let answer = Target(
        name: "answer", seeds: { [Fixture.shared.answer] },
        parse: { input in
            let run = try Fixture.record(Fixture.shared.recordContent)
            let answer = try withFile(Sealing.binary.seal(input)) { try AnswerFile(path: $0, run: run) }
            try Fixture.identify(answer, run)
        })

    /// The masks of a library, for an answer that has none.
    private static let masks = Target(
        name: "masks",
        seeds: {
            let card = try Fixture.publishingCard()
            let masks = AnswerLayout(card: card, queryCount: 0).maskByteCount * Fixture.rowCount
            return [MaskPart.header(card: card) + [UInt8](repeating: 0x55, count: masks)]
        },
        parse: { input in
            let card = try Fixture.publishingCard()
            let run = try Fixture.record(Fixture.record(of: Array(card.text)))
            let layout = AnswerLayout(card: card, queryCount: Fixture.queryCount)
            let answer =
                Fixture.shared.answer.prefix(8) + card.digest.bytes + Fixture.shared.answer[40..<80]
                + [UInt8](repeating: 0xAA, count: layout.answeredByteCount * Fixture.rowCount)
            let file = try withFile(Sealing.binary.seal(Array(answer))) { answerPath in
                try withFile(Sealing.binary.seal(input)) { masksPath in
                    try AnswerFile(path: answerPath, run: run, masksPath: masksPath)
                }
            }
            try Fixture.identify(file, run)
        })
}

extension Fixture {
    /// The card of a library that publishes its mask seed.
    fileprivate static func publishingCard() throws -> LibraryCard {
        try withFile(Sealing.json.seal(shared.publishingCardContent)) { try LibraryCard(path: $0) }
    }

    /// The record whose file holds `content` before its digest.
    fileprivate static func record(_ content: [UInt8]) throws -> RunRecord {
        try withFile(Sealing.json.seal(content)) { try RunRecord(path: $0) }
    }

    /// Decrypts and ranks as `identify` does.
    fileprivate static func identify(_ answer: AnswerFile, _ run: RunRecord) throws {
        let entries = try withFile(Sealing.table.seal(shared.entries)) {
            try LibraryEntries(path: $0, card: shared.card)
        }.rows
        let identification = try Identification(
            answer: answer, record: run, key: shared.key, entries: entries, top: 2, threads: 1)
        require(
            identification.hits.allSatisfy { $0.score.isFinite && entries.indices.contains($0.row) },
            "hits are library spectra with a score")
    }
}

/// A search on the host, from rows to answers in memory.
struct HostSearch: Sendable {
    /// The search of the fixture's upload.
    static let shared: HostSearch = {
        do {
            let (card, bytes) = (Fixture.shared.card, Sealing.binary.seal(Fixture.shared.upload))
            let upload = try withFile(bytes) { try Upload(path: $0, card: card) }
            return HostSearch(try BatchSearch(card: card, upload: upload, threads: 1))
        } catch {
            fatalError("the fixture's upload cannot be searched: \(error)")
        }
    }()

    /// The rows of the fixture's index.
    static let rows = Fixture.shared.index.dropFirst(64).map { Int8(bitPattern: $0) }

    private let search: BatchSearch

    init(_ search: BatchSearch) { self.search = search }

    /// Answers whole rows.
    func answer(_ rows: UnsafeBufferPointer<Int8>) {
        let rowCount = rows.count / Fixture.dimension
        let answer = AlignedBuffer<UInt8>(count: rowCount * search.recordByteCount)
        answer.withUnsafeMutableBufferPointer {
            let bytes = UnsafeMutableRawBufferPointer($0)
            search.answer(
                rows: rows,
                into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<(rowCount * search.recordByteCount)]),
                threads: 1)
        }
    }

    /// Answers whole rows.
    func answer(_ rows: [Int8]) { rows.withUnsafeBufferPointer(answer) }
}
