import Foundation
import Spectra
import Testing

@Suite struct DecoySpectraTests {
    /// Peptides, and spectra at the edges of what a library holds.
    private static let targets =
        Array(SimulatedPeptides.library.prefix(200)) + [
            Spectrum(name: "no precursor", peaks: (1...9).map { Peak(mz: Double(100 + $0), intensity: 1) }),
            Spectrum(name: "one peak", precursorMZ: 900, peaks: [Peak(mz: 300, intensity: 5)]),
            Spectrum(name: "precursor only", precursorMZ: 600, peaks: [Peak(mz: 600.001, intensity: 5)]),
            Spectrum(name: "at the margin", precursorMZ: 50, peaks: [Peak(mz: 51.4, intensity: 5)]),
        ]

    private static func recipe() throws -> VectorRecipe { try VectorRecipe() }

    private static func decoys(_ method: DecoyMethod, of targets: [Spectrum] = targets) throws -> DecoySpectra {
        let recipe = try recipe()
        var table = FragmentTable()
        for target in targets { table.add(target.cleanedPeaks(recipe), precursorMZ: target.precursorMZ) }
        return DecoySpectra(of: table, method: method, recipe: recipe)
    }

    /// A decoy has its target's precursor, number of peaks and intensities, and so its entropy; its peaks are fragments of
    /// the library that cleaning would keep, none twice.
    @Test(arguments: DecoyMethod.allCases)
    func decoysKeepWhatIsNotTheCompounds(method: DecoyMethod) throws {
        let recipe = try Self.recipe()
        let decoys = try Self.decoys(method)
        #expect(decoys.count == Self.targets.count)
        let fragments = Set(Self.targets.flatMap { $0.cleanedPeaks(recipe).map { Float($0.mz) } })
        for (position, target) in Self.targets.enumerated() {
            let (kept, decoy) = (target.cleanedPeaks(recipe), decoys[position])
            #expect(decoy.precursorMZ == target.precursorMZ)
            #expect(decoy.peaks.map { Float($0.intensity) }.sorted() == kept.map { Float($0.intensity) }.sorted())
            #expect(abs(decoy.peaks.entropy - kept.entropy) < 1e-5)
            #expect(decoy.peaks.allSatisfy { fragments.contains(Float($0.mz)) })
            #expect(decoy.cleanedPeaks(recipe).count == kept.count, "\(target.name)")
            for (peak, next) in zip(decoy.peaks, decoy.peaks.dropFirst()) {
                #expect(next.mz - peak.mz > 4.9e-6 * next.mz)
            }
            #expect(decoy.compound != target.compound && decoy.inchiKey == nil && decoy.formula == nil)
        }
    }

    /// A decoy is not its target, unless that is a precursor alone, which tells nothing of a compound.
    @Test(arguments: DecoyMethod.allCases)
    func decoysAreOthersThanTheirTargets(method: DecoyMethod) throws {
        let recipe = try Self.recipe()
        let decoys = try Self.decoys(method)
        let vectorizer = SpectrumVectorizer(recipe: recipe)
        var cosines: [Float] = []
        for (position, target) in Self.targets.prefix(200).enumerated() {
            let vectors = (vectorizer.vector(of: target), vectorizer.vector(of: decoys[position]))
            cosines.append(zip(vectors.0, vectors.1).prefix(recipe.sketchDimension).reduce(0) { $0 + $1.0 * $1.1 })
        }
        #expect(cosines.allSatisfy { $0 < 0.9 })
        #expect(decoys[201].peaks.count == 1 && decoys[202].peaks.map { Float($0.mz) } == [600.001])
    }

    /// A peak at the precursor stays, at its height.
    @Test(arguments: DecoyMethod.allCases)
    func theShownPrecursorStays(method: DecoyMethod) throws {
        var shown = Array(SimulatedPeptides.library.prefix(60))
        for number in shown.indices {
            let precursor = try #require(shown[number].precursorMZ)
            shown[number].peaks = shown[number].peaks.filter { $0.mz < precursor - 0.1 }
            let highest = shown[number].peaks.map(\.intensity).max() ?? 1
            shown[number].peaks.append(Peak(mz: precursor + 0.004, intensity: 2 * highest))
        }
        let decoys = try Self.decoys(method, of: shown)
        for (position, target) in shown.enumerated() {
            let expected = try #require(target.peaks.last)
            // Fragments up to 1.5 Da above the precursor may lie behind it.
            let kept = decoys[position].peaks.filter { Float($0.mz) == Float(expected.mz) }
            #expect(kept.map { Float($0.intensity) } == [Float(expected.intensity)])
        }
    }

    /// Decoys depend on the library, the seed of its recipe and the position alone.
    @Test(arguments: DecoyMethod.allCases)
    func decoysAreTheSameInEveryRun(method: DecoyMethod) throws {
        let (first, second) = (try Self.decoys(method), try Self.decoys(method))
        for position in (0..<first.count).reversed() { #expect(first[position] == second[position]) }
        let (naive, spectrumBased) = (try Self.decoys(.naive), try Self.decoys(.spectrumBased))
        #expect(naive[0] != spectrumBased[0])
        #expect(first[0].peaks != first[1].peaks)
    }

    /// Fragments that always come together come together in spectrum-based decoys, and not in naive ones: of two families
    /// of spectra without a common fragment, a decoy mixes none.
    @Test func spectrumBasedDecoysStayInTheirFamily() throws {
        let families = (0..<60).map { number in
            let offset = number % 2 == 0 ? 0.0 : 0.5
            return Spectrum(
                name: "\(number)", precursorMZ: 500,
                peaks: (0..<10).map { Peak(mz: 100 + offset + Double(($0 + number / 2) % 30) * 10, intensity: 1) })
        }
        func mixed(_ method: DecoyMethod) throws -> Int {
            let decoys = try Self.decoys(method, of: families)
            return (0..<decoys.count).count { position in
                let offsets = decoys[position].peaks.map { $0.mz.truncatingRemainder(dividingBy: 1) > 0.25 }
                return Set(offsets).count == 2
            }
        }
        #expect(try mixed(.spectrumBased) == 0)
        // Ten independent draws are of one family with probability 2^-9.
        #expect(try mixed(.naive) > 50)
    }
}
