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
/// encrypted (which isolates the encryption noise): in batch mode integers, in interactive mode those vectors. Searching and multiplying in turn keeps the ratio of their
/// times fair on a machine whose speed drifts, and no matrix of all scores is ever held.
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
        package var preset = PrecisionPreset.default
        package var precursor = Precursor.hidden
        /// Validate only this ion mode; nil for all that the queries have.
        package var ionMode: IonMode?
        /// Standard deviation of an error added to the queries' precursors, in parts per million.
        package var queryPPM = 0.0
        /// The windows that the host is told in interactive mode, where precursors are not hidden but disclosed.
        package var disclosedWindows = PrecursorDisclosure.usual
        package var threads = 1

        package init() {}

        /// What the host is told of the queries' precursors.
        var disclosure: PrecursorDisclosure? {
            mode == .interactive && precursor == .window ? disclosedWindows : nil
        }
    }

    /// The report, and what its page draws.
    package struct Outcome: Sendable {
        package var report: AccuracyReport
        package var sections: [ReportPage.Section]
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
        return Outcome(
            report: report(of: results, queryCount: queries.count),
            sections: results.map { result in
                ReportPage.Section(
                    heading: results.count > 1 ? result.name : nil,
                    figures: ReportPage.Figures(
                        scatter: result.scatter.pairs, noise: result.noise, predictedRms: result.predictedRms,
                        mirrors: result.mirrors))
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
        var librarySpectra: Int
        var compounds: Set<String>
        var queries: Int
        var encrypted = RankingAccuracy()
        var plaintext = RankingAccuracy()
        var agreement = RankingAgreement()
        var noise: ErrorStatistics
        var predictedVariance = 0.0
        var quantisation: ErrorStatistics
        var scatter = ScatterSample()
        var seconds = AccuracyReport.Seconds.zero
        var bytes = AccuracyReport.Bytes.zero
        var parameters: AccuracyReport.Parameters?
        var mirrors: [MirrorPlot] = []

        var predictedRms: Double { predictedVariance.squareRoot() }
    }

    private func validate(_ group: Group) throws -> Result {
        let recipe = try VectorRecipe(
            dimension: options.dimension, precursorDimension: options.precursor == .hidden ? 64 : 0)
        var builderOptions = LibraryBuilder.Options(recipe: recipe)
        builderOptions.ionMode = group.mode
        builderOptions.preset = options.preset
        builderOptions.layout = options.mode == .batch ? .batch : .interactive
        builderOptions.threads = options.threads
        let name = group.mode?.rawValue ?? "all spectra"

        var seconds = AccuracyReport.Seconds.zero
        progress("\(name): building the library", 0)
        var spectra: [Spectrum] = []
        // What is open stays readable when the folder is gone.
        let (search, entries) = try withScratchFolder(label: "msfhe-validate") {
            folder -> (any EncryptedSearch, [LibraryEntry]) in
            let path = folder.appendingPathComponent("library").path
            try timed(&seconds.libraryBuild) {
                let builder = try LibraryBuilder(builderOptions, folder: path)
                spectra = try group.library.filter { try builder.add($0) }
                _ = try builder.finish()
            }
            switch options.mode {
            case .batch:
                let library = try SpectralLibrary(folder: path)
                return (BatchRun(library: library, threads: options.threads), library.entries)
            case .interactive:
                let card = try LibraryCard(path: path + "/card.json")
                let entries = try LibraryEntries(path: path + "/entries.tsv", card: card).rows
                let run = try InteractiveRun(
                    library: URL(fileURLWithPath: path), precursors: entries.map(\.precursorMZ),
                    disclosure: options.disclosure, threads: options.threads)
                return (run, entries)
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
        let queries = prepared.spectra

        let predicted = try search.predictedVariance()
        var result = Result(
            name: name,
            librarySpectra: entries.count, compounds: Set(entries.map(\.compound)),
            queries: queries.count,
            noise: ErrorStatistics(histogram: Histogram(aroundZeroWithRms: predicted.squareRoot())),
            predictedVariance: predicted,
            quantisation: ErrorStatistics(histogram: Histogram(aroundZeroWithRms: 1e-3)))
        result.seconds = seconds
        var pass = BlockPass(
            options: options, recipe: search.card.content.vector, spectra: spectra, queries: queries,
            vectors: prepared.vectors)
        try pass.run(search, into: &result.seconds) { block in
            result.noise.add(block.encrypted.span, minus: block.quantised.span)
            result.quantisation.add(block.quantised.span, minus: block.plaintext.span)
            result.scatter.add(plaintext: block.plaintext.span, encrypted: block.encrypted.span)
        } progress: {
            progress("\(name): searching", $0)
        }

        let right = queries.map { pass.compoundNumbers[$0.compound] }
        result.encrypted.add(pass.encryptedScores, rightCompounds: right)
        result.plaintext.add(pass.plaintextScores, rightCompounds: right)
        result.agreement.add(pass.encryptedScores, pass.plaintextScores)
        result.mirrors = pass.mirrors()
        result.bytes = search.bytes
        result.parameters = search.parameters
        return result
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
        return AccuracyReport(
            library: Self.library(results),
            queries: results.map(\.queries).reduce(0, +), dimension: options.dimension, mode: options.mode.rawValue,
            accuracy: Self.accuracy(results), agreement: Self.agreement(results), seconds: seconds,
            ratioToSgemm: seconds.search / seconds.plaintextSgemm, openblasCore: BLAS.coreName,
            preset: options.preset.rawValue, score: "cosine", precursor: options.precursor.rawValue,
            bytes: results.map(\.bytes).reduce(.zero, +), threads: options.threads, backend: Backend.selected.name,
            parameters: parameters, commit: SourceVersion.commit,
            ionModes: results.count < 2
                ? nil
                : results.map { result in
                    .init(
                        ionMode: result.name, library: Self.library([result]), queries: result.queries,
                        accuracy: Self.accuracy([result]), agreement: Self.agreement([result]))
                },
            queriesLeftOut: queryCount - results.map(\.queries).reduce(0, +), disclosed: options.disclosure?.name,
            machine: Machine.current)
    }

    /// A compound measured in both ion modes counts once.
    private static func library(_ results: [Result]) -> AccuracyReport.Library {
        .init(
            spectra: results.map(\.librarySpectra).reduce(0, +),
            compounds: results.reduce(into: Set()) { $0.formUnion($1.compounds) }.count)
    }

    private static func accuracy(_ results: [Result]) -> AccuracyReport.Accuracy {
        func pooled(_ path: KeyPath<Result, RankingAccuracy>) -> AccuracyReport.Ranking {
            var total = RankingAccuracy()
            for result in results { total.add(result[keyPath: path]) }
            return .init(total)
        }
        return .init(encrypted: pooled(\.encrypted), plaintext: pooled(\.plaintext))
    }

    /// Shares are weighted by queries, mean squares by scores.
    private static func agreement(_ results: [Result]) -> AccuracyReport.Agreement {
        func mean(_ weight: (Result) -> Int, _ value: (Result) -> Double) -> Double {
            let total = results.reduce(0) { $0 + weight($1) }
            return results.reduce(0) { $0 + Double(weight($1)) * value($1) } / Double(max(total, 1))
        }
        func rms(_ value: (Result) -> Double) -> Double {
            mean({ $0.noise.count }, { value($0) * value($0) }).squareRoot()
        }
        func largest(_ path: KeyPath<Result, ErrorStatistics>) -> Double {
            results.map { $0[keyPath: path].maximum }.max() ?? 0
        }
        return .init(
            top1: mean({ $0.queries }, { $0.agreement.top1 }),
            top10Overlap: mean({ $0.queries }, { $0.agreement.top10Overlap }),
            noise: .init(
                max: largest(\.noise), rms: rms { $0.noise.rms }, predictedRms: rms { $0.predictedRms }),
            quantisation: .init(max: largest(\.quantisation), rms: rms { $0.quantisation.rms }))
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
