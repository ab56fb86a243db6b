import Crypto
import Foundation
import RLWE
import Spectra
import Storage
import TestSupport
import Testing

@testable import SpectralSearch

/// Libraries with decoys and calibrations, from building to hits.
struct DecoySearchTests {
    private static let files = try! SearchFiles(librarySize: 120, queryCount: 30, decoys: .spectrumBased)

    /// The last rows are decoys, marked and counted, and no compounds.
    @Test func theLastRowsAreDecoys() throws {
        let content = Self.files.library.card.content
        #expect(content.decoys == .init(method: .spectrumBased, spectra: 120) && content.library.spectra == 240)
        let entries = Self.files.library.entries
        #expect(entries.map(\.isDecoy) == (0..<240).map { $0 >= 120 })
        #expect(content.library.compounds == Set(entries.prefix(120).map(\.compound)).count)
        for (target, decoy) in zip(entries, entries.dropFirst(120)) {
            #expect(decoy.precursorMZ == target.precursorMZ && decoy.inchiKey.isEmpty && decoy.accession.isEmpty)
        }
    }

    /// Two builds of one library have the same decoys, whatever the threads.
    @Test func decoysAreTheSameInEveryBuild() throws {
        let again = try SearchFiles(librarySize: 120, queryCount: 1, decoys: .spectrumBased, threads: 1)
        #expect(again.library.card.content.library == Self.files.library.card.content.library)
    }

    /// Decoys are never hits; the best hits, which are right here, have the least q-value of so many, others none.
    @Test func hitsHaveQValues() throws {
        let hits = try Self.files.identify()
        #expect(hits.count == 90 && hits.allSatisfy { $0.row < 120 && $0.probability == nil })
        for hit in hits { #expect(hit.qValue == (hit.rank == 1 ? 1.0 / 30 : nil)) }
        #expect(try SearchFiles(librarySize: 20, queryCount: 3).identify().allSatisfy { $0.qValue == nil })
    }

    private static let calibrationText = """
        {
          "format" : "massspecfhe-calibration",
          "crossValidation" : {
            "absentShare" : 0.5, "brierScore" : 0.1, "expectedCalibrationError" : 0.01, "folds" : 5, "logLoss" : 0.3,
            "searches" : 100
          },
          "model" : { "intercept" : -7, "weights" : [ 4, 2 ] },
          "vector" : {
            "binWidth" : 0.02, "dimension" : 256, "entropyCutoff" : 3, "expansionRank" : 1,
            "minimumRelativeIntensity" : 0.01,
            "precursorDimension" : 64, "precursorMargin" : 1.5, "precursorWidth" : 0.01, "score" : "cosine",
            "seed" : 4, "slotsPerBin" : 4
          },
          "version" : 1
        """

    /// The calibration of `text`, sealed and read for the library.
    private func calibration(_ text: String = calibrationText) throws -> Calibration {
        let folder = try TemporaryFolder()
        let ending = ",\n  \"sha256\" : \"\(Digest(SHA256.hash(data: Data(text.utf8))))\"\n}\n"
        return try Calibration(
            path: folder.write(Data((text + ending).utf8), to: "calibration.json"), card: Self.files.library.card)
    }

    /// A best hit's probability is the model's, of its score and its lead over the second compound, listed or not.
    @Test(arguments: [1, 3])
    func hitsHaveProbabilities(top: Int) throws {
        let calibration = try calibration()
        let listed = try Self.files.identify(top: 2)
        let hits = try Self.files.identify(top: top, calibration: calibration)
        #expect(hits.count == top * 30)
        for hit in hits {
            guard hit.rank == 1 else {
                #expect(hit.probability == nil)
                continue
            }
            let scores = listed.filter { $0.query == hit.query }.map(\.score)
            let expected = 1 / (1 + exp(7 - 4 * scores[0] - 2 * (scores[0] - scores[1])))
            #expect(abs(try #require(hit.probability) - expected) < 1e-12)
        }
    }

    /// A calibration is read as it was written, and refused when it is for another score or recipe, or makes no sense.
    @Test func foreignCalibrationsAreRefused() throws {
        let read = try calibration()
        let folder = try TemporaryFolder()
        try read.write(to: folder("calibration.json"))
        #expect(try Calibration(path: folder("calibration.json"), card: Self.files.library.card) == read)
        for (old, new, word) in [
            ("\"cosine\"", "\"entropy\"", "score"), ("\"dimension\" : 256", "\"dimension\" : 512", "recipe"),
            ("\"seed\" : 4", "\"seed\" : 5", "recipe"), ("[ 4, 2 ]", "[ 4 ]", "weights"),
            ("[ 4, 2 ]", "[ 4, 2, 1 ]", "weights"), ("[ 4, 2 ]", "[ 4, 1e300 ]", "weights"),
            ("\"version\" : 1", "\"version\" : 2", "version"), ("-7", "\"-7\"", "model.intercept"),
            ("\"model\"", "\"modal\"", "model"), ("-7", "1e999", "calibration"),
        ] {
            let text = Self.calibrationText.replacingOccurrences(of: old, with: new)
            let error = #expect(throws: InputError.self, "\(new)") { try calibration(text) }
            #expect(error?.problem.contains(word) == true, "\(error?.problem ?? "")")
        }
        var damaged = try Data(contentsOf: URL(fileURLWithPath: folder("calibration.json")))
        for position in 0..<damaged.count {
            damaged[position] ^= 1
            #expect(throws: InputError.self) {
                try Calibration(path: folder.write(damaged, to: "damaged"), card: Self.files.library.card)
            }
            damaged[position] ^= 1
        }
    }

    /// Entries whose marks are not those of the card are refused, with every digest around them right.
    @Test func wrongMarksAreRefused() throws {
        let text = try String(contentsOfFile: Self.files.folder("library/entries.tsv"), encoding: .utf8)
        let lines = text.split(separator: "\n").dropLast().map(String.init)
        #expect(lines[1].hasSuffix("\tscale\tdecoy") && lines[2].hasSuffix("\t0") && lines[241].hasSuffix("\t1"))
        func refused(_ change: (inout [String]) -> Void) throws -> String? {
            var changed = lines
            change(&changed)
            let content = changed.joined(separator: "\n") + "\n"
            let digest = Digest(SHA256.hash(data: Data(content.utf8)))
            let old = Self.files.library.card
            var newContent = old.content
            newContent.library.entriesSHA256 = digest.description
            let folder = try TemporaryFolder()
            let path = try folder.write(Data((content + "# sha256 \(digest)\n").utf8), to: "entries.tsv")
            let card = try LibraryCard(newContent)
            do {
                _ = try LibraryEntries(path: path, card: card)
                return nil
            } catch let error as InputError { return error.problem }
        }
        #expect(try refused { _ in } == nil)
        #expect(try refused { $0[2] = $0[2].dropLast() + "1" }?.contains("decoys") == true)
        #expect(try refused { $0[241] = $0[241].dropLast() + "0" }?.contains("decoys") == true)
        #expect(try refused { $0[2] = $0[2].dropLast() + "2" }?.contains("line 3") == true)
        #expect(try refused { $0[2] = String($0[2].dropLast(2)) }?.contains("line 3") == true)
        for count in [0, 240, -1, 1 << 40] {
            var content = Self.files.library.card.content
            content.decoys?.spectra = count
            #expect(throws: InputError.self) { try LibraryCard(content) }
        }
    }
}
