import RLWE
import Spectra
import SpectralSearch
import TestSupport
import Testing
import Storage

@testable import PlaintextReference

/// The promise: encrypted search is as accurate as plaintext search, and its noise is the predicted one.
struct ValidationTests {
    private func validate(
        _ library: [Spectrum], _ queries: [Spectrum], _ change: (inout Validation.Options) -> Void = { _ in }
    ) throws -> AccuracyReport {
        var options = Validation.Options()
        options.threads = 2
        change(&options)
        return try Validation(options).run(library: library, queries: queries).report
    }

    /// What holds whatever the spectra: noise as predicted, quantisation by the width of a row's steps.
    private func expectPredictedNoise(_ report: AccuracyReport) {
        let noise = report.agreement.noise
        #expect(abs(noise.rms / noise.predictedRms - 1) < 0.05)
        // Of 40 million normal numbers one exceeds 5.6 deviations; 7.4 leave room for rows of larger noise.
        #expect(noise.max < 7.4 * noise.predictedRms)
        // Row entries are rounded to 1/509 at the most common scale, in 512 of them, times a query of norm sqrt(2).
        #expect(report.agreement.quantisation.rms < 1e-3)
        #expect(report.bytes.upload < report.queries * report.dimension * 16 / 5)
        #expect(report.seconds.search > 0 && report.seconds.plaintextSgemm > 0)
        #expect(report.ratioToSgemm == report.seconds.search / report.seconds.plaintextSgemm)
    }

    @Test(arguments: [
        (512, PrecisionPreset.default), (512, .economy), (512, .rounded), (256, .default), (1024, .default),
    ])
    func simulatedPeptidesAreFound(dimension: Int, preset: PrecisionPreset) throws {
        let queries = SimulatedPeptides.queries(count: 300, seed: 7).map { query in
            var spectrum = query.spectrum
            spectrum.name = query.truth.name
            return spectrum
        }
        let report = try validate(SimulatedPeptides.library, queries) {
            $0.dimension = dimension
            $0.preset = preset
        }
        #expect(report.queries == 300 && report.dimension == dimension && report.preset == preset.rawValue)
        #expect(report.accuracy.encrypted.top1 > 0.98 && report.accuracy.plaintext.top1 > 0.98)
        let noise = report.agreement.noise
        #expect(abs(noise.rms / noise.predictedRms - 1) < 0.05)
        #expect(report.agreement.top1 > 0.98)
    }

    /// Interactive search has no integers: its noise is all there is, of the predicted size.
    @Test func simulatedPeptidesAreFoundInteractively() throws {
        let queries = SimulatedPeptides.queries(count: 60, seed: 7).map { query in
            var spectrum = query.spectrum
            spectrum.name = query.truth.name
            return spectrum
        }
        let report = try validate(SimulatedPeptides.library, queries) { $0.mode = .interactive }
        #expect(report.mode == "interactive" && report.queries == 60)
        #expect(report.accuracy.encrypted.top1 > 0.98 && report.agreement.top1 == 1)
        let noise = report.agreement.noise
        #expect(abs(noise.rms / noise.predictedRms - 1) < 0.05 && noise.max < 1e-3)
        #expect(report.agreement.quantisation.max == 0)
        #expect(report.parameters.n == 4096 && report.parameters.logQ == 98 && report.parameters.securityBits == 128)
        #expect(report.bytes.keys <= 10_000_000 && report.bytes.upload <= 32_000 * 60)
        #expect(report.bytes.download <= 8 * 4096 * 60)
    }

    /// The builder's decoys are those of the plaintext twin, in both modes: else their scores would differ by more than
    /// noise. Rankings do not see them.
    @Test(arguments: SearchMode.allCases, DecoyMethod.allCases)
    func decoysAreSearchedLikeOtherRows(mode: SearchMode, method: DecoyMethod) throws {
        let library = Array(SimulatedPeptides.library.prefix(250))
        let report = try validate(library, Array(library.prefix(40))) {
            $0.mode = mode
            $0.decoys = method
        }
        #expect(report.library.spectra == 250 && report.accuracy.encrypted.top1 == 1)
        let noise = report.agreement.noise
        #expect(noise.max < 7.4 * noise.predictedRms && report.agreement.quantisation.max < 1e-2)
        let statistics = try #require(report.statistics)
        #expect(statistics.decoys == method.rawValue && statistics.falseDiscoveries[0].decoyWins == 0)
    }

    @Test(.enabled(if: SharedDatasets.arePresent))
    func massBankIsSearchedAsWellAsInPlaintext() throws {
        let library = try ["pos", "neg"].flatMap {
            try SpectrumFile.spectra(path: SharedDatasets.path("massbank-full/library_\($0).msp.gz"))
        }
        let queries = try ["pos", "neg"].flatMap {
            try SpectrumFile.spectra(path: SharedDatasets.path("massbank-full/queries_dev_\($0).msp.gz"))
        }
        let report = try validate(library, queries)
        #expect(report.queries == 2602)
        #expect(report.library == .init(spectra: 23_994, compounds: 4360))
        #expect(report.accuracy.encrypted.top1 >= 0.952)
        #expect(abs(report.accuracy.encrypted.top1 - report.accuracy.plaintext.top1) <= 0.002)
        #expect(report.agreement.top1 >= 0.995)
        #expect(report.agreement.noise.rms <= 7e-4 && report.agreement.noise.max <= 4.5e-3)
        expectPredictedNoise(report)
        #expect(report.ionModes?.map(\.queries) == [2044, 558])
        // Measured 0.956 and 0.016: room for another seed of the folds, and for noise.
        let statistics = try #require(report.statistics)
        #expect(try #require(statistics.openSet.probability) > 0.95)
        #expect(statistics.probability.reliability.expectedCalibrationError < 0.025)
        // An error of ten parts per million in the precursor, half of the kernel's width at m/z 500, costs little.
        let measured = try validate(library, queries) { $0.queryPPM = 10 }
        #expect(abs(measured.accuracy.encrypted.top1 - report.accuracy.encrypted.top1) <= 0.005)
        expectPredictedNoise(measured)
    }

    @Test(.enabled(if: SharedDatasets.arePresent))
    func precursorsHelpHiddenOrDisclosed() throws {
        let library = try SpectrumFile.spectra(path: SharedDatasets.path("massbank-small/library.msp.gz"))
        let queries = try SpectrumFile.spectra(path: SharedDatasets.path("massbank-small/queries.msp.gz"))
        func top1(_ precursor: Validation.Precursor, ppm: Double = 0) throws -> Double {
            let report = try validate(library, queries) {
                $0.precursor = precursor
                $0.queryPPM = ppm
            }
            expectPredictedNoise(report)
            return report.accuracy.encrypted.top1
        }
        let hidden = try top1(.hidden)
        #expect(try top1(.none) < hidden)
        #expect(abs(try top1(.window) - hidden) < 0.03)
        // Ten parts per million of error in the precursor cost 0.005 at most. Were the best compound of one query in a hundred
        // changed by chance, the binomial deviation among 200 would be 0.007: three of them are allowed for.
        #expect(abs(try top1(.hidden, ppm: 10) - hidden) <= 0.005 + 3 * (0.01 / 200).squareRoot())
    }

    /// A disclosed window changes nothing of what is found within ±0.01 Da, and is named.
    @Test func disclosedWindowsAreNamedAndCostNoAccuracy() throws {
        let queries = SimulatedPeptides.queries(count: 40, seed: 7).map { query in
            var spectrum = query.spectrum
            spectrum.name = query.truth.name
            return spectrum
        }
        let library = (0..<9000).map { SimulatedPeptides.library[$0 % SimulatedPeptides.library.count] }
        func report(_ mode: SearchMode) throws -> AccuracyReport {
            try validate(library, queries) {
                $0.precursor = .window
                $0.mode = mode
            }
        }
        let (disclosed, batch) = (try report(.interactive), try report(.batch))
        #expect(disclosed.disclosed == "precursor windows of 50 Da" && batch.disclosed == nil)
        #expect(disclosed.accuracy.plaintext == batch.accuracy.plaintext)
        #expect(abs(disclosed.accuracy.encrypted.top1 - batch.accuracy.encrypted.top1) <= 0.025)
        let noise = disclosed.agreement.noise
        // Vectors without a precursor half are shorter than the formula takes them to be.
        #expect(noise.rms > 0.3 * noise.predictedRms && noise.rms < 1.05 * noise.predictedRms && noise.max < 1e-3)
        // Fewer than all three blocks of 27,648 bytes are answered.
        #expect(disclosed.bytes.download < 3 * 27_648 * disclosed.queries)
    }

    @Test func nothingToSearchIsAnError() throws {
        let spectrum = Spectrum(name: "x", ionMode: .positive, peaks: [Peak(mz: 100, intensity: 1)])
        var negative = spectrum
        negative.ionMode = .negative
        #expect(throws: InputError.self) { try validate([], [spectrum]) }
        #expect(throws: InputError.self) { try validate([spectrum], []) }
        #expect(throws: InputError.self) { try validate([spectrum], [spectrum]) { $0.ionMode = .negative } }
        #expect(throws: InputError.self) {
            try validate([spectrum], [Spectrum(name: "empty", ionMode: .positive)])
        }
    }
}
