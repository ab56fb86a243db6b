import ArgumentParser
import Foundation
import Harness
import PlaintextReference
import Ring
import SpectralSearch
import Spectra

/// What the peers of `make peers` work on: the spectra and vectors of one library and its queries, and the
/// encrypted search of exactly these, measured and checked.
struct PeerCase: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a library and queries for other programs, and the encrypted search of the same.",
        discussion: """
            Without --library and --queries: the simulated peptide library and 1,024 simulated queries. Writes \
            case.json, library.jsonl and queries.jsonl (spectra), library.f32 and queries.f32 (vectors, row by row), \
            hits.jsonl (the best row of each query by encrypted search), exact.jsonl (similarities of each query and that \
            row, computed from their peaks), and results.jsonl. One thread.
            """)

    @Option(help: "The folder to write to.")
    var out: String

    @Option(name: .long, parsing: .upToNextOption, help: "Files of library spectra.")
    var library: [String] = []

    @Option(name: .long, parsing: .upToNextOption, help: "Files of query spectra whose compounds are known.")
    var queries: [String] = []

    @Option(help: "Numbers in a spectrum vector.")
    var dimension = 512

    private static let simulatedQueryCount = 1024

    func validate() throws {
        guard library.isEmpty == queries.isEmpty else {
            throw ValidationError("--library and --queries go together; give both or neither")
        }
    }

    func run() throws {
        try BLASCoreType.selectFastest(probeArguments: [ProbeSgemm._commandName])
        let search = try SearchCase(
            library: librarySpectra(), queries: querySpectra(), dimension: dimension, preset: .default,
            threads: 1)
        let machine = MachineProfile.measured()
        let conditions = Conditions(backend: .selected, threads: 1, machine: machine)
        var row = BatchSearchBenchmark(
            rows: search.librarySpectra.count, dimension: dimension, queries: search.querySpectra.count
        ).row(backend: .selected, threads: 1)
        row["library"] = .text(name)
        let (measured, hits) = try search.measure(row, conditions)

        try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
        try write([machine.row.json, measured.json], to: "results.jsonl")
        try write(["{\"name\": \(Value.text(name).json), \"dimension\": \(dimension)}"], to: "case.json")
        try write(search.librarySpectra.map(Self.json), to: "library.jsonl")
        try write(search.querySpectra.map(Self.json), to: "queries.jsonl")
        try write(
            hits.map { "{\"query\": \($0.query), \"row\": \($0.row), \"score\": \($0.score)}" },
            to: "hits.jsonl")
        try write(exact(hits, search), to: "exact.jsonl")
        try write(search.libraryVectors, to: "library.f32")
        try write(search.queryVectors, to: "queries.f32")
    }

    private var name: String {
        library.isEmpty
            ? "simulated peptides"
            : library.map { URL(fileURLWithPath: $0).lastPathComponent }.joined(separator: " ")
    }

    private func librarySpectra() throws -> [Spectrum] {
        library.isEmpty
            ? SimulatedPeptides.library : try library.flatMap { try SpectrumFile.spectra(path: $0) }
    }

    /// A simulated query's own name hides its compound, so the truth lends it one.
    private func querySpectra() throws -> [Spectrum] {
        guard queries.isEmpty else { return try queries.flatMap { try SpectrumFile.spectra(path: $0) } }
        return SimulatedPeptides.queries(count: Self.simulatedQueryCount, seed: 2026).map { query in
            var spectrum = query.spectrum
            spectrum.name = query.truth.name
            return spectrum
        }
    }

    /// The similarities that peers compute too.
    private func exact(_ hits: [Hit], _ search: SearchCase) throws -> [String] {
        let scores: [SpectralScore] = [.mzmineCosine, .massBankCosine, .nistCosine, .entropy]
        let similarities = try scores.map { ($0, ExactSimilarity(recipe: try VectorRecipe(score: $0))) }
        return hits.map { hit in
            let values = similarities.map { score, similarity in
                let value = similarity.similarity(search.querySpectra[hit.query], search.librarySpectra[hit.row])
                return "\"\(score.rawValue)\": \(value)"
            }
            return "{\"query\": \(hit.query), \"row\": \(hit.row), \(values.joined(separator: ", "))}"
        }
    }

    private static func json(_ spectrum: Spectrum) -> String {
        let peaks = spectrum.peaks.map { "[\($0.mz), \($0.intensity)]" }.joined(separator: ", ")
        let precursor = spectrum.precursorMZ.map { "\($0)" } ?? "null"
        return
            "{\"compound\": \(Value.text(spectrum.compound).json), \"precursor\": \(precursor), \"peaks\": [\(peaks)]}"
    }

    private func write(_ lines: [String], to file: String) throws {
        let output = try LineOutput(path: "\(out)/\(file)")
        try output.write(lines.joined(separator: "\n"))
    }

    /// Little-endian single-precision numbers, row by row.
    private func write(_ vectors: [[Float]], to file: String) throws {
        let data = vectors.reduce(into: Data()) { data, vector in
            for entry in vector {
                withUnsafeBytes(of: entry.bitPattern.littleEndian) { data.append(contentsOf: $0) }
            }
        }
        guard FileManager.default.createFile(atPath: "\(out)/\(file)", contents: data) else {
            throw UsageError("\(out)/\(file): cannot be written")
        }
    }
}
