import Foundation
import RLWE
import Ring
import SpectralSearch
import Spectra
import Storage

/// The whole encrypted search on given spectra, beside its plaintext twin: what `msfhe validate` does.
///
/// Library rows go by in blocks; each block is searched encrypted, decrypted, and searched twice through OpenBLAS:
/// with the float vectors (the accuracy that encryption could cost) and with the very numbers that were
/// encrypted (which isolates the encryption noise): in batch mode integers, in interactive mode those vectors.
/// Searching and multiplying in turn keeps the ratio of their times fair on a machine whose speed drifts, and no matrix
/// of all scores is ever held.
package struct Validation {
    /// What happens to the precursors.
    package enum Precursor: String, CaseIterable, Sendable {
        /// Part of the encrypted vector: the default.
        case hidden
        /// Not used at all.
        case none
        /// Not encrypted; the client keeps only scores of spectra within ±0.01 Da. In interactive mode, the host is told a
        /// coarse window.
        case window
    }

    /// Choices of a validation.
    package struct Options: Sendable {
        package var dimension = 512
        package var mode = SearchMode.batch
        package var score = SpectralScore.cosine
        /// Also search by the peaks themselves.
        package var exact = false
        package var preset = PrecisionPreset.default
        package var precursor = Precursor.hidden
        /// Validate only this ion mode; nil for all that the queries have.
        package var ionMode: IonMode?
        /// Standard deviation of an error added to the queries' precursors, in parts per million.
        package var queryPPM = 0.0
        /// Search decoys made by this method, too, and look at false discovery rates; nil for none.
        package var decoys: DecoyMethod?
        /// The windows that the host is told in interactive mode, where precursors are not hidden but disclosed.
        package var disclosedWindows = PrecursorDisclosure.usual
        package var threads = 1

        package init() {}

        /// What the host is told of the queries' precursors.
        var disclosure: PrecursorDisclosure? {
            mode == .interactive && precursor == .window ? disclosedWindows : nil
        }
    }

    /// The report, what it was computed from, and what its page draws.
    package struct Outcome: Sendable {
        package var report: AccuracyReport
        package var outcomes: [QueryOutcome]
        package var sections: [ReportPage.Section]
        /// From scores to probabilities; nil where there are too few compounds, or ``Precursor/window`` hid some.
        package var calibration: Calibration?
    }

    private let options: Options
    private let progress: (String, Double) -> Void

    /// A validation with `options`.
    ///
    /// - Parameter progress: called now and then with what is being done and the fraction that is done.
    package init(_ options: Options, progress: @escaping (String, Double) -> Void = { _, _ in }) {
        self.options = options
        self.progress = progress
    }

    /// Validates on `library` and `queries`.
    ///
    /// - Throws: ``InputError`` when nothing remains to be searched.
    package func run(library: [Spectrum], queries: [Spectrum]) throws -> Outcome {
        BLAS.setThreads(options.threads)
        let modes = groups(library: library, queries: queries)
        guard !modes.isEmpty else {
            throw InputError("queries", "none has an ion mode of which the library has spectra too")
        }
        let results = try modes.map { try validate($0) }
        let statistics = results.reduce(into: SearchStatistics()) { $0.add($1.statistics) }
        var report = report(of: results, queryCount: queries.count)
        report.statistics = statistics.report(decoys: options.decoys)
        return Outcome(
            report: report, outcomes: results.flatMap(\.outcomes),
            sections: results.map { result in
                ReportPage.Section(
                    heading: results.count > 1 ? result.name : nil,
                    figures: ReportPage.Figures(
                        scatter: result.scatter.pairs, noise: result.noise, predictedRms: result.predictedRms,
                        mirrors: result.mirrors))
            },
            calibration: options.precursor == .window
                ? nil
                : statistics.calibration().map { fit in
                    Calibration(card: results[0].card, model: fit.model, crossValidation: fit.crossValidation)
                })
    }

    // MARK: Ion modes

    private struct Group {
        var mode: IonMode?
        var library: [Spectrum]
        var queries: [Spectrum]
    }

    /// Library and queries by ion mode; one group where the library or the queries do not say theirs.
    private func groups(library: [Spectrum], queries: [Spectrum]) -> [Group] {
        let (ofLibrary, ofQueries) = (Set(library.compactMap(\.ionMode)), Set(queries.compactMap(\.ionMode)))
        let wanted: [IonMode?] =
            if let mode = options.ionMode { [mode] } else if ofLibrary.isEmpty || ofQueries.isEmpty { [nil] } else {
                IonMode.allCases.filter(ofLibrary.intersection(ofQueries).contains)
            }
        return wanted.map { mode in
            func belongs(_ spectrum: Spectrum) -> Bool {
                mode == nil || spectrum.ionMode == mode || (spectrum.ionMode == nil && wanted.count == 1)
            }
            return Group(mode: mode, library: library.filter(belongs), queries: queries.filter(belongs))
        }.filter { !$0.library.isEmpty && !$0.queries.isEmpty }
    }

    /// What one ion mode gave.
    private struct Result {
        var name: String
        var card: LibraryCard
        var librarySpectra: Int
        var compounds: Set<String>
        var outcomes: [QueryOutcome] = []
        var noise: ErrorStatistics
        var predictedVariance = 0.0
        var quantisation: ErrorStatistics
        var vectorisation: ErrorStatistics
        var expansionErrors: [Double] = []
        var scatter = ScatterSample()
        var seconds = AccuracyReport.Seconds.zero
        var bytes = AccuracyReport.Bytes.zero
        var parameters: AccuracyReport.Parameters?
        var mirrors: [MirrorPlot] = []
        var statistics = SearchStatistics()

        var predictedRms: Double { predictedVariance.squareRoot() }
    }

    private func validate(_ group: Group) throws -> Result {
        let recipe = try VectorRecipe(
            dimension: options.dimension, precursorDimension: options.precursor == .hidden ? 64 : 0,
            score: options.score)
        var builderOptions = LibraryBuilder.Options(recipe: recipe)
        builderOptions.ionMode = group.mode
        builderOptions.preset = options.preset
        builderOptions.layout = options.mode == .batch ? .batch : .interactive
        builderOptions.decoys = options.decoys
        builderOptions.threads = options.threads
        let name = group.mode?.rawValue ?? "all spectra"

        var seconds = AccuracyReport.Seconds.zero
        progress("\(name): building the library", 0)
        var spectra: [Spectrum] = []
        // What is open stays readable when the folder is gone.
        let search = try withScratchFolder(label: "msfhe-validate") {
            folder -> any EncryptedSearch in
            let path = folder.appendingPathComponent("library").path
            try timed(&seconds.libraryBuild) {
                let builder = try LibraryBuilder(builderOptions, folder: path)
                spectra = try group.library.filter { try builder.add($0) }
                _ = try builder.finish()
            }
            switch options.mode {
            case .batch:
                return BatchRun(library: try SpectralLibrary(folder: path), threads: options.threads)
            case .interactive:
                let card = try LibraryCard(path: path + "/card.json")
                let entries = try LibraryEntries(path: path + "/entries.tsv", card: card).rows
                return try InteractiveRun(
                    library: URL(fileURLWithPath: path), precursors: entries.map(\.precursorMZ),
                    disclosure: options.disclosure, threads: options.threads)
            }
        }
        try search.generateKeys(&seconds)

        progress("\(name): encrypting", 0)
        let candidates = perturbed(group.queries)
        let prepared = try timed(&seconds.encrypt) {
            let vectors = QueryVectors(candidates, card: search.card, threads: options.threads)
            guard !vectors.vectors.isEmpty else { throw InputError("queries", "none has peaks to search by") }
            try search.encrypt(vectors)
            return vectors
        }

        let predicted = try search.predictedVariance()
        var result = Result(
            name: name, card: search.card,
            librarySpectra: spectra.count, compounds: Set(spectra.map(\.compound)),
            noise: ErrorStatistics(histogram: Histogram(aroundZeroWithRms: predicted.squareRoot())),
            predictedVariance: predicted,
            quantisation: ErrorStatistics(histogram: Histogram(aroundZeroWithRms: 1e-3)),
            vectorisation: ErrorStatistics(histogram: Histogram(aroundZeroWithRms: 0.05)))
        result.seconds = seconds
        let exact =
            options.exact
            ? ExactSearch(
                recipe: recipe, precursor: options.precursor, library: spectra, queries: prepared.spectra,
                threads: options.threads) : nil
        var pass = BlockPass(
            options: options, recipe: search.card.content.vector, spectra: spectra,
            decoys: decoys(of: spectra, recipe: search.card.content.vector), queries: prepared.spectra,
            vectors: prepared.vectors, exact: exact)
        try pass.run(search, into: &result.seconds) { block in
            result.noise.add(block.encrypted.span, minus: block.quantised.span)
            result.quantisation.add(block.quantised.span, minus: block.plaintext.span)
            if let exact = block.exact { result.vectorisation.add(block.plaintext.span, minus: exact.span) }
            result.scatter.add(plaintext: block.plaintext.span, encrypted: block.encrypted.span)
        } progress: {
            progress("\(name): searching", $0)
        }

        result.outcomes = pass.outcomes()
        result.expansionErrors = exact?.expansionErrors(of: pass.exactBest.map(\.row)) ?? []
        result.statistics.add(
            pass.encryptedScores, decoys: pass.decoyScores, compounds: pass.compoundNumbers,
            queryCompounds: prepared.spectra.map(\.compound))
        result.mirrors = pass.mirrors()
        result.bytes = search.bytes
        result.parameters = search.parameters
        return result
    }

    /// The decoys that the builder made of `spectra`, for their plaintext twins.
    private func decoys(of spectra: [Spectrum], recipe: VectorRecipe) -> [Spectrum] {
        guard let method = options.decoys else { return [] }
        var table = FragmentTable()
        for spectrum in spectra { table.add(spectrum.cleanedPeaks(recipe), precursorMZ: spectrum.precursorMZ) }
        let decoys = DecoySpectra(of: table, method: method, recipe: recipe)
        return parallelMap(Array(0..<decoys.count), threads: options.threads) { decoys[$0] }
    }

    /// The queries with a simulated measurement error of their precursors.
    private func perturbed(_ queries: [Spectrum]) -> [Spectrum] {
        guard options.queryPPM > 0 else { return queries }
        var generator = SplitMix64(seed: 2025)
        return queries.map { query in
            // The sum of twelve uniform numbers is normal to within a few thousandths.
            let normal = (0..<12).reduce(-6.0) { sum, _ in sum + generator.unit() }
            var query = query
            query.precursorMZ = query.precursorMZ.map { $0 * (1 + options.queryPPM * 1e-6 * normal) }
            return query
        }
    }

    // MARK: Report

    private func report(of results: [Result], queryCount: Int) -> AccuracyReport {
        let seconds = results.map(\.seconds).reduce(.zero, +)
        guard let parameters = results.first?.parameters else { preconditionFailure("there is a result") }
        let outcomes = results.flatMap(\.outcomes)
        let statistics = OutcomeStatistics(outcomes)
        return AccuracyReport(
            library: Self.library(results), queries: outcomes.count, dimension: options.dimension,
            mode: options.mode.rawValue, accuracy: .init(outcomes), agreement: Self.agreement(results),
            seconds: seconds,
            ratioToSgemm: seconds.search / seconds.plaintextSgemm, openblasCore: BLAS.coreName,
            preset: options.preset.rawValue, score: options.score.rawValue, precursor: options.precursor.rawValue,
            bytes: results.map(\.bytes).reduce(.zero, +), threads: options.threads, backend: Backend.selected.name,
            parameters: parameters, commit: SourceVersion.commit,
            ionModes: results.count < 2
                ? nil
                : results.map { result in
                    .init(
                        ionMode: result.name, library: Self.library([result]), queries: result.outcomes.count,
                        accuracy: .init(result.outcomes), agreement: Self.agreement([result]))
                },
            queriesLeftOut: queryCount - outcomes.count, disclosed: options.disclosure?.name,
            machine: Machine.current, estimates: statistics.estimates,
            breakdowns: AccuracyReport.Breakdown.Property.allCases.map(statistics.breakdown)
                // One group alone is the whole.
                .filter { $0.groups.count > 1 })
    }

    /// A compound measured in both ion modes counts once.
    private static func library(_ results: [Result]) -> AccuracyReport.Library {
        .init(
            spectra: results.map(\.librarySpectra).reduce(0, +),
            compounds: results.reduce(into: Set()) { $0.formUnion($1.compounds) }.count)
    }

    /// Mean squares are weighted by scores.
    private static func agreement(_ results: [Result]) -> AccuracyReport.Agreement {
        func rms(_ value: (Result) -> Double) -> Double {
            let total = results.reduce(0) { $0 + $1.noise.count }
            let squares = results.reduce(0) { $0 + Double($1.noise.count) * value($1) * value($1) }
            return (squares / Double(max(total, 1))).squareRoot()
        }
        func largest(_ path: KeyPath<Result, ErrorStatistics>) -> Double {
            results.map { $0[keyPath: path].maximum }.max() ?? 0
        }
        let agreements = results.flatMap(\.outcomes).map(\.agreement)
        return .init(
            top1: agreements.reduce(0) { $0 + ($1.sameBest ? 1 : 0) } / Double(max(agreements.count, 1)),
            top10Overlap: agreements.reduce(0) { $0 + $1.top10Overlap } / Double(max(agreements.count, 1)),
            noise: .init(
                max: largest(\.noise), rms: rms { $0.noise.rms }, predictedRms: rms { $0.predictedRms }),
            quantisation: .init(max: largest(\.quantisation), rms: rms { $0.quantisation.rms }),
            vectorisation: largest(\.vectorisation) > 0
                ? .init(
                    max: largest(\.vectorisation), rms: rms { $0.vectorisation.rms }, expansion: expansion(results))
                : nil)
    }

    private static func expansion(_ results: [Result]) -> AccuracyReport.Vectorisation.Expansion? {
        let errors = results.flatMap(\.expansionErrors).map(abs)
        guard let largest = errors.max() else { return nil }
        return .init(mean: errors.reduce(0, +) / Double(errors.count), max: largest)
    }
}

extension AccuracyReport.Accuracy {
    fileprivate init(_ outcomes: [QueryOutcome]) {
        self.init(
            encrypted: .init(RankingAccuracy(outcomes.map(\.encrypted.place))),
            plaintext: .init(RankingAccuracy(outcomes.map(\.plaintext.place))),
            exact: outcomes.contains { $0.exact != nil }
                ? .init(RankingAccuracy(outcomes.map { $0.exact?.place })) : nil)
    }
}

extension AccuracyReport.Seconds {
    static let zero = Self(libraryBuild: 0, keygen: 0, encrypt: 0, search: 0, decrypt: 0, plaintextSgemm: 0)

    static func + (x: Self, y: Self) -> Self {
        Self(
            libraryBuild: x.libraryBuild + y.libraryBuild, keygen: x.keygen + y.keygen,
            encrypt: x.encrypt + y.encrypt, search: x.search + y.search, decrypt: x.decrypt + y.decrypt,
            plaintextSgemm: x.plaintextSgemm + y.plaintextSgemm)
    }
}

extension AccuracyReport.Bytes {
    static let zero = Self(keys: 0, upload: 0, download: 0, library: 0)

    static func + (x: Self, y: Self) -> Self {
        Self(
            keys: x.keys + y.keys, upload: x.upload + y.upload, download: x.download + y.download,
            library: x.library + y.library)
    }
}

/// Runs `body` and adds the wall-clock seconds it took to `seconds`.
func timed<Result>(_ seconds: inout Double, _ body: () throws -> Result) rethrows -> Result {
    let start = ContinuousClock.now
    defer { seconds += (ContinuousClock.now - start) / .seconds(1) }
    return try body()
}
