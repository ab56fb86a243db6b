import CKKS
import Foundation
import Storage

/// Interactive searches of several researchers that share passes over one index, each under rotation keys of its own.
/// Searches may be added while others are under way.
///
/// A pass takes up to ``InteractiveSearch/queriesPerPass`` queries, one of each search in turn: a search of one query
/// that is added beside one of thousands is answered by the next pass.
///
/// For one thread at a time.
public final class InteractivePasses {
    /// A search that was added.
    public struct Ticket: Sendable, Hashable {
        fileprivate let number: Int
    }

    /// What became of a search in a pass.
    public enum Progress: Sendable {
        /// So many of its queries are answered.
        case answered(Int)
        /// All are; its answer is in place.
        case finished
        /// It could not be answered, through its own fault or its output's; it is removed. Others go on.
        case failed(any Error)
    }

    private final class Search {
        let ticket: Ticket
        let upload: InteractiveUpload
        let keys: RotationKeys
        let file: SealedFile
        var answered = 0

        init(ticket: Ticket, upload: InteractiveUpload, keys: RotationKeys, file: SealedFile) {
            self.ticket = ticket
            self.upload = upload
            self.keys = keys
            self.file = file
        }
    }

    private let search: InteractiveSearch
    private let card: LibraryCard
    /// The searches under way; the first is next to have a query taken.
    private var searches: [Search] = []
    private var added = 0

    /// Passes over the index of the library of `card`.
    public init(search: InteractiveSearch, card: LibraryCard) {
        self.search = search
        self.card = card
    }

    /// How many searches are under way.
    public var count: Int { searches.count }

    /// Adds the search of `upload`, whose answer appears at `output` when it is whole.
    ///
    /// - Throws: ``InputError`` when the keys are not those that the upload names; what opening `output` throws.
    public func add(_ upload: InteractiveUpload, keys: RotationKeys, output: String) throws -> Ticket {
        guard keys.digest == upload.keysDigest else {
            throw InputError("rotation keys", "are not the ones that the upload was encrypted for")
        }
        let file = try SealedFile(path: output)
        try file.write(
            search.layout(of: upload).header(card: card, upload: upload, rowCount: search.index.rowCount))
        added += 1
        let ticket = Ticket(number: added)
        searches.append(Search(ticket: ticket, upload: upload, keys: keys, file: file))
        return ticket
    }

    /// Gives up a search that is under way; nothing of its answer remains.
    public func remove(_ ticket: Ticket) { searches.removeAll { $0.ticket == ticket } }

    /// Makes one pass.
    ///
    /// - Returns: the searches that had queries in it, or that could not have any.
    /// - Throws: `EvaluationError` when keys were read for another index.
    public func advance(threads: Int) throws -> [Ticket: Progress] {
        var outcomes: [Ticket: Progress] = [:]
        var taken: [(search: Search, query: InteractiveSearch.Query)] = []
        for search in turns() {
            // Whoever failed in an earlier turn has no further one.
            guard case nil = outcomes[search.ticket] else { continue }
            do {
                let query = search.answered + taken.count { $0.search === search }
                taken.append((search, try self.search.query(query, of: search.upload, keys: search.keys)))
            } catch {
                outcomes[search.ticket] = .failed(error)
            }
        }
        taken.removeAll { outcomes[$0.search.ticket] != nil }
        let answers = taken.isEmpty ? [] : try search.answer(taken.map(\.query), threads: threads)
        for ((search, _), answer) in zip(taken, answers) where !Self.hasFailed(outcomes[search.ticket]) {
            do {
                for block in answer { try search.file.write(block.bytes) }
                search.answered += 1
                outcomes[search.ticket] = .answered(search.answered)
                if search.answered == search.upload.queryCount {
                    try search.file.sealAndCommit()
                    outcomes[search.ticket] = .finished
                }
            } catch {
                outcomes[search.ticket] = .failed(error)
            }
        }
        searches.removeAll { search in
            switch outcomes[search.ticket] {
            case .finished, .failed: true
            case .answered, nil: false
            }
        }
        return outcomes
    }

    /// The searches that the queries of the next pass are taken from, one for each query. The one after the last is
    /// the first of the pass after that.
    private func turns() -> [Search] {
        var left = searches.map { $0.upload.queryCount - $0.answered }
        var turns: [Search] = []
        var index = 0
        while turns.count < InteractiveSearch.queriesPerPass, left.contains(where: { $0 > 0 }) {
            if left[index] > 0 {
                left[index] -= 1
                turns.append(searches[index])
            }
            index = (index + 1) % searches.count
        }
        if !searches.isEmpty { searches = Array(searches[index...] + searches[..<index]) }
        return turns
    }

    private static func hasFailed(_ progress: Progress?) -> Bool {
        if case .failed = progress { true } else { false }
    }
}
