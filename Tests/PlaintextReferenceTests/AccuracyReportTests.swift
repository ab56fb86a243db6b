import Foundation
import Testing

import PlaintextReference

extension AccuracyReport {
    /// A report with a different value in every field.
    static var example: AccuracyReport {
        AccuracyReport(
            library: Library(spectra: 18388, compounds: 3191), queries: 2044, dimension: 512, mode: "batch",
            accuracy: Accuracy(
                encrypted: Ranking(top1: 0.9545, top5: 0.989, top10: 0.993, mrr: 0.969),
                plaintext: Ranking(top1: 0.955, top5: 0.9885, top10: 0.9932, mrr: 0.9695)),
            agreement: Agreement(
                top1: 0.9985, top10Overlap: 0.984,
                noise: Noise(max: 3.4e-3, rms: 5.9e-4, predictedRms: 5.91e-4),
                quantisation: Quantisation(max: 7.4e-3, rms: 7.9e-4)),
            seconds: Seconds(
                libraryBuild: 3.2, keygen: 1e-5, encrypt: 0.012, search: 0.61, decrypt: 0.13,
                plaintextSgemm: 0.43),
            ratioToSgemm: 1.42, openblasCore: "SkylakeX", preset: "default", score: "cosine",
            precursor: "hidden",
            bytes: Bytes(keys: 0, upload: 3_139_584, download: 117_000_000, library: 9_414_656), threads: 1,
            backend: "avx512", parameters: Parameters(n: 1024, logQ: 24, securityBits: 128), commit: "b6e8701"
        )
    }
}

@Suite struct AccuracyReportTests {
    /// The example of `validate --json` in the interface, without its comments.
    private let interface = """
        { "library": {"spectra": 18388, "compounds": 3191}, "queries": 2044, "dimension": 512,
          "mode": "batch",
          "accuracy":  {"encrypted": {"top1": 0.0, "top5": 0.0, "top10": 0.0, "mrr": 0.0},
                        "plaintext": {"top1": 0.0, "top5": 0.0, "top10": 0.0, "mrr": 0.0}},
          "agreement": {"top1": 0.0, "top10Overlap": 0.0,
                        "noise": {"max": 0.0, "rms": 0.0, "predictedRms": 0.0},
                        "quantisation": {"max": 0.0, "rms": 0.0}},
          "seconds":   {"libraryBuild": 0.0, "keygen": 0.0, "encrypt": 0.0, "search": 0.0, "decrypt": 0.0,
                        "plaintextSgemm": 0.0},
          "ratioToSgemm": 0.0, "openblasCore": "SKYLAKEX", "preset": "default", "score": "cosine",
          "precursor": "hidden", "bytes": {"keys": 0, "upload": 0, "download": 0, "library": 0},
          "threads": 1, "backend": "avx512", "parameters": {"n": 1024, "logQ": 24, "securityBits": 128},
          "commit": "..." }
        """

    /// The paths of all values that are not objects, such as `agreement.noise.max`.
    private func paths(_ json: Data) throws -> Set<String> {
        func walk(_ value: Any, _ path: String) -> [String] {
            guard let object = value as? [String: Any] else { return [path] }
            return object.flatMap { walk($0.value, path.isEmpty ? $0.key : "\(path).\($0.key)") }
        }
        return Set(walk(try JSONSerialization.jsonObject(with: json), ""))
    }

    @Test func fieldsAreThoseOfTheInterface() throws {
        #expect(try paths(AccuracyReport.example.json()) == paths(Data(interface.utf8)))
    }

    @Test func theExampleOfTheInterfaceIsAReport() throws {
        let report = try JSONDecoder().decode(AccuracyReport.self, from: Data(interface.utf8))
        #expect(report.library.compounds == 3191 && report.parameters.logQ == 24 && report.machine == nil)
    }

    @Test func jsonKeepsEveryValue() throws {
        var report = AccuracyReport.example
        report.machine = AccuracyReport.Machine(processor: "a / b", operatingSystem: "Linux", cores: 2)
        report.ionModes = [
            AccuracyReport.IonModeResult(
                ionMode: "negative", library: report.library, queries: 7, accuracy: report.accuracy,
                agreement: report.agreement)
        ]
        #expect(try JSONDecoder().decode(AccuracyReport.self, from: report.json()) == report)
        #expect(try report.json() == report.json())
    }

    @Test func aFigureThatIsNotANumberIsAnError() {
        var report = AccuracyReport.example
        report.ratioToSgemm = .nan
        #expect(throws: EncodingError.self) { try report.json() }
    }
}
