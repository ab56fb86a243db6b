import Foundation
import Spectra
import Storage
import TestSupport
import Testing

@testable import SpectralSearch

struct ModeChoiceTests {
    /// Cards of one library, laid out for one mode and for both.
    private static let files = try! InteractiveFiles(librarySize: 20, queryCount: 1, dimension: 192, layout: .both)

    private func card(_ costs: SearchCosts?, modes: [SearchMode] = SearchMode.allCases) throws -> LibraryCard {
        var content = Self.files.card.content
        content.costs = costs
        if !modes.contains(.interactive) { content.interactive = nil }
        if !modes.contains(.batch) { content.library.indexSHA256 = nil }
        return try LibraryCard(content)
    }

    private func random() -> SearchCosts {
        let single = Double.random(in: 1e-3...0.1)
        return SearchCosts(
            batchRunSeconds: .random(in: 0...1), batchQuerySeconds: .random(in: 0...2e-3),
            interactiveQuerySeconds: single, interactivePassSeconds: single * .random(in: 1.1...8))
    }

    /// Interactive up to a number of queries, and batch beyond it: where the costs cross for the first time.
    @Test func modesChangeOnceWhereCostsCross() throws {
        for costs in (0..<20).map({ _ in random() }) {
            let card = try card(costs)
            let limit = ModeChoice.interactiveQueryLimit(card: card)
            for count in Set([1, 2, 7, 8, 9, max(limit, 1), limit + 1, 2 * limit + 1, 5000]).sorted() {
                let choice = ModeChoice(queryCount: count, card: card)
                #expect(choice.mode == (count <= limit ? .interactive : .batch))
                #expect(choice.other?.mode == (count <= limit ? .batch : .interactive))
                #expect(choice.chosen.seconds == costs.seconds(choice.mode, queryCount: count))
                // Up to just beyond the crossing, the mode chosen is the faster one.
                if count <= limit + 1, count <= InteractiveUpload.maximumQueryCount {
                    #expect(try #require(choice.chosen.seconds) <= #require(choice.other?.seconds))
                }
            }
        }
    }

    /// A search for more queries costs more, in both modes, and a pass that is full costs what was measured.
    @Test func costsGrowWithQueries() {
        for costs in (0..<20).map({ _ in random() }) {
            for mode in SearchMode.allCases {
                let seconds = (1...40).map { costs.seconds(mode, queryCount: $0) }
                #expect(zip(seconds, seconds.dropFirst()).allSatisfy { $0 <= $1 + 1e-12 })
            }
            #expect(costs.seconds(.interactive, queryCount: 1) == costs.interactiveQuerySeconds)
            #expect(abs(costs.seconds(.interactive, queryCount: 16) - 2 * costs.interactivePassSeconds) < 1e-12)
            #expect(costs.seconds(.batch, queryCount: 0) == costs.batchRunSeconds)
        }
    }

    /// A library that has one layout is searched by it, whatever the number; cards without costs have a rule of thumb.
    @Test func singleLayoutsLeaveNoChoice() throws {
        for count in [1, 30, 5000] {
            for mode in SearchMode.allCases {
                let choice = ModeChoice(queryCount: count, card: try card(nil, modes: [mode]))
                #expect(choice.mode == mode && choice.other == nil)
            }
        }
        let unmeasured = try card(nil)
        #expect(ModeChoice(queryCount: 1, card: unmeasured).mode == .interactive)
        #expect(ModeChoice(queryCount: 1000, card: unmeasured).mode == .batch)
        #expect(ModeChoice(queryCount: 1, card: unmeasured).chosen.seconds == nil)
    }

    /// The bytes announced are those of the files.
    @Test func bytesAreThoseOfTheFiles() throws {
        let files = Self.files
        let interactive = ModeChoice(queryCount: 1, card: try card(nil, modes: [.interactive])).chosen
        let travelled = try ["run.msq", "run.mss", "run.keys"].reduce(0) { try $0 + files.content($1).count }
        #expect(abs(interactive.byteCount - travelled) <= 256)
        let search = try SearchFiles(librarySize: 20, queryCount: 3)
        let batch = ModeChoice(queryCount: 3, card: search.library.card).chosen
        let sizes = try ["run.msq", "run.mss"].map {
            try Data(contentsOf: URL(fileURLWithPath: search.folder($0))).count
        }
        #expect(abs(batch.byteCount - sizes.reduce(0, +)) <= 256)
    }

    /// A library for both modes has its costs measured; they are sound, have two digits, and survive the file.
    @Test func costsAreMeasuredWhereThereAreTwoModes() throws {
        let costs = try #require(Self.files.card.content.costs)
        #expect(costs.areSound && costs.interactiveQuerySeconds > 0 && costs.batchQuerySeconds > 0)
        #expect(costs.interactiveQuerySeconds < 10 && costs.batchRunSeconds < 10)
        for seconds in [costs.batchRunSeconds, costs.batchQuerySeconds, costs.interactivePassSeconds] {
            #expect(Double(String(format: "%.1e", seconds)) == seconds)
        }
        #expect(try LibraryCard(path: Self.files.folder("library/card.json")) == Self.files.card)
        #expect(try InteractiveFiles(librarySize: 20, queryCount: 1, dimension: 192).card.content.costs == nil)
    }

    /// Costs that are none are refused, and costs of a mode that the library does not have.
    @Test func hostileCostsAreRefused() throws {
        let changes: [(inout SearchCosts) -> Void] = [
            { $0.batchRunSeconds = -1 }, { $0.batchQuerySeconds = 1e300 }, { $0.interactiveQuerySeconds = -1e-9 },
            { $0.interactivePassSeconds = $0.interactiveQuerySeconds / 2 },
        ]
        for change in changes {
            var costs = random()
            change(&costs)
            #expect(throws: InputError.self) { try card(costs) }
        }
        for mode in SearchMode.allCases {
            #expect(throws: InputError.self) { try card(random(), modes: [mode]) }
        }
    }
}
