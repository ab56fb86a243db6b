import Foundation
import Testing

@testable import PlaintextReference

extension QueryOutcome {
    /// Outcomes of every kind, several of a compound.
    static func examples(_ count: Int, seed: UInt64, instruments: [String?] = ["LC-ESI-QTOF", "LC-ESI-QFT", nil])
        -> [QueryOutcome]
    {
        var generator = TestGenerator(seed: seed)
        func place() -> RankingAccuracy.Place? {
            let above = Int.random(in: -1..<4, using: &generator)
            return above < 0 ? nil : .init(above: max(above - 1, 0), ties: above % 2)
        }
        let energies: [CollisionEnergy?] = [
            .electronvolts(20), .electronvolts(45), .normalised(35), .withoutUnit(30), .several, nil,
        ]
        return (0..<count).map { number in
            let search = Search(place: place(), bestScore: 1, margin: 0.1)
            // Most queries fare alike in both searches.
            let isMoved = Int.random(in: 0..<10, using: &generator) == 0
            return QueryOutcome(
                name: "query \(number)", compound: "compound \(Int.random(in: 0..<count / 2, using: &generator))",
                traits: .init(
                    ionMode: ["positive", "negative", nil].randomElement(using: &generator)!,
                    instrumentType: instruments.randomElement(using: &generator)!,
                    collisionEnergy: energies.randomElement(using: &generator)!,
                    peakCount: Int.random(in: 0..<80, using: &generator),
                    candidateCount: [nil, 0, 1, 2, 3, 9].randomElement(using: &generator)!),
                encrypted: isMoved ? Search(place: place(), bestScore: 1, margin: 0.1) : search, plaintext: search,
                agreement: RankingAgreement([isMoved ? 1 : 0, 2], [0, 2]))
        }
    }
}

@Suite struct OutcomeStatisticsTests {
    private typealias Property = AccuracyReport.Breakdown.Property

    @Test(arguments: AccuracyReport.Breakdown.Property.allCases)
    func aBreakdownIsAPartition(property: AccuracyReport.Breakdown.Property) {
        let hostile: [String?] = ["all others", "not given", "", "|", nil] + (0..<40).map { "instrument \($0)" }
        for (seed, instruments) in [(1, [nil, "LC-ESI-QTOF"]), (2, hostile)] as [(UInt64, [String?])] {
            let outcomes = QueryOutcome.examples(600, seed: seed, instruments: instruments)
            let statistics = OutcomeStatistics(outcomes)
            let (whole, groups) = (statistics.estimates, statistics.breakdown(by: property).groups)
            #expect(groups.count > 1 && groups.count <= 14)
            #expect(Set(groups.map(\.name)).count == groups.count)
            #expect(groups.allSatisfy { $0.queries > 0 && (1...$0.queries).contains($0.compounds) })
            #expect(groups.reduce(0) { $0 + $1.queries } == outcomes.count)
            // A compound may be in several groups, and is in one at least.
            #expect(groups.reduce(0) { $0 + $1.compounds } >= whole.compounds)
            for path: KeyPath<AccuracyReport.Contrast, AccuracyReport.Estimate> in [
                \.encrypted, \.plaintext, \.difference,
            ] {
                let sum = groups.reduce(0) { $0 + Double($1.queries) * $1.top1[keyPath: path].value }
                #expect(abs(sum / Double(outcomes.count) - whole.top1[keyPath: path].value) < 1e-12)
            }
        }
    }

    @Test func hardQueriesAreThoseOfThreeCandidatesOrMore() throws {
        let outcomes = QueryOutcome.examples(600, seed: 3)
        let groups = OutcomeStatistics(outcomes).breakdown(by: .candidates).groups
        let hard = try #require(groups.first { $0.name.contains("hard") })
        #expect(hard.queries == outcomes.count { ($0.traits.candidateCount ?? 0) >= 3 })
        #expect(groups.map(\.name).prefix(3) == ["none", "one", "two"])
    }

    @Test func estimatesAreTheAccuracyAndLieInTheirIntervals() throws {
        let outcomes = QueryOutcome.examples(400, seed: 4)
        let estimates = OutcomeStatistics(outcomes).estimates
        let (encrypted, plaintext) = (
            RankingAccuracy(outcomes.map(\.encrypted.place)), RankingAccuracy(outcomes.map(\.plaintext.place))
        )
        for (contrast, accuracies) in [
            (estimates.top1, (encrypted.top1, plaintext.top1)), (estimates.top5, (encrypted.top5, plaintext.top5)),
            (estimates.top10, (encrypted.top10, plaintext.top10)), (estimates.mrr, (encrypted.mrr, plaintext.mrr)),
        ] {
            #expect(contrast.encrypted.value == accuracies.0 && contrast.plaintext.value == accuracies.1)
            #expect(abs(contrast.difference.value - (accuracies.0 - accuracies.1)) < 1e-12)
            for estimate in [contrast.encrypted, contrast.plaintext, contrast.difference] {
                let interval = try #require(estimate.interval)
                #expect((interval.lower...interval.upper).contains(estimate.value))
            }
        }
        let moved = outcomes.count { !$0.agreement.sameBest }
        #expect(abs(estimates.sameBest.value - (1 - Double(moved) / 400)) < 1e-12)
        #expect(estimates.changed.gained + estimates.changed.lost <= moved && estimates.changed.gained > 0)
    }

    @Test func searchesThatFindTheSameDifferByExactlyZero() {
        var outcomes = QueryOutcome.examples(300, seed: 5)
        for index in outcomes.indices { outcomes[index].encrypted = outcomes[index].plaintext }
        let estimates = OutcomeStatistics(outcomes).estimates
        for contrast in [estimates.top1, estimates.top5, estimates.top10, estimates.mrr] {
            #expect(contrast.encrypted == contrast.plaintext)
            #expect(contrast.difference == .init(value: 0, interval: Interval(lower: 0, upper: 0)))
        }
        #expect(estimates.changed == .init(gained: 0, lost: 0))
    }

    @Test func configurationsAreComparedOnTheSameQueriesOnly() throws {
        let (first, second) = (QueryOutcome.examples(300, seed: 6), QueryOutcome.examples(300, seed: 7))
        let statistics = OutcomeStatistics(first)
        #expect(statistics.gain(of: first) == .init(value: 0, interval: Interval(lower: 0, upper: 0)))
        #expect(statistics.gain(of: second) == nil && statistics.gain(of: Array(first.dropLast())) == nil)
        var others = first
        for (index, outcome) in second.enumerated() { others[index].encrypted = outcome.encrypted }
        let gain = try #require(statistics.gain(of: others))
        let difference =
            OutcomeStatistics(second).estimates.top1.encrypted.value - statistics.estimates.top1.encrypted.value
        #expect(abs(gain.value - difference) < 1e-12)
    }
}

@Suite struct CollisionEnergyTests {
    @Test(
        arguments: [
            ("20 eV", .electronvolts(20)), ("20 ev", .electronvolts(20)), ("35eV", .electronvolts(35)),
            ("40.0V", .electronvolts(40)), ("60 V", .electronvolts(60)), ("-20 V", .electronvolts(20)),
            ("resonance 30 eV", .electronvolts(30)), ("20 eV (nominal)", .electronvolts(20)),
            ("65 eV FT-MS", .electronvolts(65)), ("6 keV", .electronvolts(6000)), ("HCD 35 eV MS2", .electronvolts(35)),
            ("60 % (nominal)", .normalised(60)), ("90% (nominal)", .normalised(90)), ("75 (nominal)", .normalised(75)),
            ("20(NCE)", .normalised(20)), ("30.0 NCE", .normalised(30)), ("35 (Normalized)", .normalised(35)),
            ("75", .withoutUnit(75)), ("30 arbitrary units", .withoutUnit(30)),
            ("Ramp 5-60 V", .several), ("Ramp 22.8-34.2 eV", .several), ("HCD (NCE 20-30-40%)", .several),
            ("10, 20 and 40 eV", .several), ("stepped 30", .several),
            ("", nil), ("high", nil), ("MS2", nil), ("1.2.3", nil),
        ] as [(String, CollisionEnergy?)])
    func energiesAreReadAsFilesWriteThem(text: String, energy: CollisionEnergy?) {
        #expect(CollisionEnergy(text) == energy)
    }

    @Test func anyTextIsSurvived() {
        var generator = TestGenerator(seed: 51)
        let alphabet = Array("0123456789.-+eEvV% ()nNcC٣½\u{0}\u{301}🧪")
        for _ in 0..<5000 {
            let text = String(
                (0..<Int.random(in: 0..<40, using: &generator)).map { _ in alphabet.randomElement(using: &generator)! })
            guard let energy = CollisionEnergy(text) else { continue }
            switch energy {
            case .electronvolts(let value), .normalised(let value), .withoutUnit(let value): #expect(value.isFinite)
            case .several: break
            }
        }
        #expect(CollisionEnergy(String(repeating: "9", count: 1_000_000)) == nil)
    }
}

@Suite struct CandidateCompoundsTests {
    @Test func countsAreThoseOfAllPairs() {
        var generator = TestGenerator(seed: 52)
        let precursors = (0..<500).map { _ -> Double? in
            Bool.random(using: &generator) ? nil : 100 + 0.005 * Double(Int.random(in: 0..<200, using: &generator))
        }
        let compounds = precursors.map { _ in Int.random(in: 0..<60, using: &generator) }
        let candidates = CandidateCompounds(precursors: precursors, compounds: compounds)
        for precursor in stride(from: 99.9, through: 101.1, by: 0.005) {
            let expected = Set(
                zip(precursors, compounds).filter { entry in
                    entry.0.map { abs($0 - precursor) <= 0.01 } ?? false
                }.map(\.1))
            #expect(candidates.count(precursor: precursor) == expected.count)
        }
    }

    @Test func withoutPrecursorsThereIsNoCandidate() {
        #expect(CandidateCompounds(precursors: [nil, nil], compounds: [0, 1]).count(precursor: 100) == 0)
        #expect(CandidateCompounds(precursors: [], compounds: []).count(precursor: 100) == 0)
    }
}
