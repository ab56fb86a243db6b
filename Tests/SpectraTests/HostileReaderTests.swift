import Foundation
import Spectra
import Testing

/// Damaged and malicious files: the readers refuse them with their own error or return sound spectra, and
/// come back.
@Suite("Readers on hostile files")
struct HostileReaderTests {
    struct Sample: CustomTestStringConvertible {
        var testDescription: String
        var text: String
        /// A file cut short anywhere up to here cannot be taken for a whole one.
        var complete: Int
    }

    static let samples: [Sample] = {
        let msp = """
            Name: Perylene "x"
            PRECURSORMZ: 252.09
            PRECURSORTYPE: [M]+
            Comments: "accession=A1" Parent=252.1 a="b c"
            RETENTIONTIME: 3.25 min
            Num Peaks: 4
            85:201 86:55; 112.03	49.5 "C9H5"
            1.5e2 7

            """
        let mgf = """
            CHARGE=1+ and 2+
            BEGIN IONS
            PEPMASS=183.057 20
            CHARGE=2-
            RTINSECONDS=3.5
            70.5 213.6
            72.9 241.7 1+
            END IONS
            """
        let xml = MzMLDocument().text
        return [
            Sample(testDescription: "MSP", text: msp, complete: msp.utf8.count - 2),
            Sample(testDescription: "MGF", text: mgf, complete: mgf.utf8.count),
            Sample(
                testDescription: "MassBank", text: MassBankReaderTests.record,
                complete: MassBankReaderTests.record.utf8.count - 2),
            Sample(testDescription: "mzML", text: xml, complete: xml.utf8.count),
        ]
    }()

    /// Reads the file at `path`; nil when the readers refuse it. Whatever else happens is a failure.
    private func soundSpectra(_ path: String) -> [Spectrum]? {
        do {
            let spectra = try SpectrumFile.spectra(path: path)
            #expect(!spectra.isEmpty && spectra.allSatisfy { isSound($0) })
            return spectra
        } catch {
            #expect(error.path == path && !error.message.isEmpty && !error.description.contains("\n"))
            return nil
        }
    }

    /// Writes `bytes` over the file at `path` and reads it.
    private func soundSpectra(_ bytes: some Collection<UInt8>, at path: String) throws -> [Spectrum]? {
        let file = try #require(fopen(path, "wb"))
        #expect(fwrite(Array(bytes), 1, bytes.count, file) == bytes.count && fclose(file) == 0)
        return soundSpectra(path)
    }

    @Test("A file that is cut short at any byte is refused", arguments: samples)
    func truncation(_ sample: Sample) throws {
        let bytes = Array(sample.text.utf8)
        try withFile(bytes) { path in
            #expect(soundSpectra(path) != nil)
            for length in bytes.indices {
                let read = try soundSpectra(bytes[..<length], at: path)
                // Digits lost at the very end of the last number cannot be missed by anyone.
                #expect(read == nil || length >= sample.complete, "cut at \(length)")
            }
        }
    }

    @Test("A gzip stream that is cut short at any byte is refused", arguments: samples)
    func gzipTruncation(_ sample: Sample) throws {
        try withFile(sample.text.utf8, gzip: true) { path in
            let bytes = try Array(Data(contentsOf: URL(filePath: path)))
            let whole = try #require(soundSpectra(path))
            for length in bytes.indices {
                #expect(try soundSpectra(bytes[..<length], at: path) == nil, "cut at \(length)")
            }
            // The checksum tells of every change but one: the same text may be copied from elsewhere.
            for position in 10..<bytes.count {
                var flipped = bytes
                flipped[position] ^= 0x55
                let read = try soundSpectra(flipped, at: path)
                #expect(read == nil || read == whole, "flipped at \(position)")
            }
        }
    }

    @Test("Whatever a byte is changed to, the spectra are sound or refused", arguments: samples)
    func corruption(_ sample: Sample) throws {
        let bytes = Array(sample.text.utf8)
        let replacements = Array("0-.e:;=\" \n\r<>&/".utf8) + [0x00, 0x80, 0xFF]
        var generator = SystemRandomNumberGenerator()
        try withFile(bytes) { path in
            for position in bytes.indices {
                var changed = bytes
                changed[position] = replacements[position % replacements.count]
                _ = try soundSpectra(changed, at: path)
                changed[position] = bytes[position] ^ (1 << UInt8.random(in: 0..<8, using: &generator))
                _ = try soundSpectra(changed, at: path)
                let other = Int.random(in: 0..<bytes.count, using: &generator)
                changed[other] = UInt8.random(in: 0...255, using: &generator)
                _ = try soundSpectra(changed, at: path)
            }
        }
    }

    @Test("Pieces that are left out or repeated leave the spectra sound or refused", arguments: samples)
    func splicing(_ sample: Sample) throws {
        let bytes = Array(sample.text.utf8)
        var generator = SystemRandomNumberGenerator()
        try withFile(bytes) { path in
            for _ in 0..<400 {
                let start = Int.random(in: 0..<bytes.count, using: &generator)
                let end = min(bytes.count, start + Int.random(in: 1...200, using: &generator))
                let target = Int.random(in: 0...bytes.count, using: &generator)
                _ = try soundSpectra(bytes[..<start] + bytes[end...], at: path)
                _ = try soundSpectra(bytes[..<target] + bytes[start..<end] + bytes[target...], at: path)
            }
        }
    }

    @Test("Files that are nothing")
    func nothing() throws {
        #expect(try refusal("") == "the file is empty")
        #expect(try refusal([], gzip: true) == "the file is empty")
        #expect(try refusal("\n\n").contains("the format is not known"))
        #expect(try refusal("\n\n", name: "file.MSP.gz") == "the file holds no spectrum")
        #expect(try refusal("A=b\n", name: "file.mgf") == "the file holds no spectrum")
        #expect(try refusal("PK\u{3}\u{4}\u{0}").contains("MSP, MGF, MassBank records and mzML are read"))
        #expect(try refusal("<html><body/></html>").contains("<html> is not mzML"))
        #expect(try refusal(String(repeating: " ", count: 300_000) + "<").contains("not known"))
        for path in ["/nonexistent/file.msp", "/", "", "a\u{0}b"] {
            #expect(throws: SpectrumFileError.self) { try SpectrumFile.spectra(path: path) }
        }
    }

    @Test("Announced peaks take no memory, real ones are bounded")
    func peakCounts() throws {
        #expect(
            try refusal("Name: x\nNum Peaks: 1000000\n1 2").contains(
                "'Num Peaks' is 1000000, but there are 1"))
        let tooMany = "BEGIN IONS\n" + String(repeating: "1 2\n", count: 1_000_001) + "END IONS"
        #expect(try refusal(tooMany) == "line 1000002: the spectrum has more than 1000000 peaks")
    }

    @Test("A zlib bomb in an array inflates no further than its announced length")
    func zlibBomb() throws {
        let bomb = zlibCompressed([UInt8](repeating: 0, count: 64 << 20))
        for length in ["3", "1000000"] {
            let message = try MzMLDocument.refusal {
                $0.arrayLength = length
                $0.mz = MzMLDocument.array(
                    "MS:1000514", bytes: bomb, width: "MS:1000523", compression: "MS:1000574")
            }
            #expect(message == "spectrum 'scan=7': the m/z array inflates to more than its \(length) numbers")
        }
    }

    @Test("A gzip bomb of one endless line is refused at the longest line")
    func gzipBomb() throws {
        let bytes =
            Array("Name: x\nNum Peaks: 1\n".utf8) + [UInt8](repeating: UInt8(ascii: "1"), count: 64 << 20)
        #expect(try refusal(bytes, gzip: true) == "line 3: the line is longer than 16 MiB")
    }

    @Test("Deep nesting, long text and many groups are refused, not followed")
    func xmlBombs() throws {
        let deep = String(repeating: "<userParam>", count: 100_000)
        #expect(try MzMLDocument.refusal { $0.groups = deep }.contains("more than 256 elements"))
        let long = "<referenceableParamGroup id=\"\(String(repeating: "x", count: 20 << 20))\"/>"
        #expect(try MzMLDocument.refusal { $0.groups = long }.contains("a tag is longer than 1 MiB"))
        let array = MzMLDocument().mz.replacing(
            "<binary>", with: "<binary>" + String(repeating: "A", count: 17 << 20))
        #expect(try MzMLDocument.refusal { $0.mz = array }.contains("longer than 16 MiB of base64"))
        let term = "<cvParam accession=\"x\" name=\"y\" value=\"z\"/>"
        let group = "<referenceableParamGroup id=\"g\">" + String(repeating: term, count: 1001)
        #expect(try MzMLDocument.refusal { $0.groups = group }.contains("more than 1000 terms"))
        let attributes = (0..<101).map { " a\($0)=''" }.joined()
        #expect(
            try MzMLDocument.refusal { $0.groups = "<a\(attributes)/>" }.contains("more than 100 attributes"))
    }

    @Test("Time grows with the file, whatever is in it", .timeLimit(.minutes(20)))
    func linearTime() throws {
        // Each of these takes hours when every line is searched or compared against all that went before.
        let peaks = String(repeating: "1 2\r", count: 1_000_000)
        let comment = "COMMENT: \(String(repeating: "x", count: 8 << 20))\r"
        let msp = "NAME: x\r\(comment)NUM PEAKS: 1000000\r\(peaks)"
        #expect(try spectra(msp, name: "a.msp").first?.peaks.count == 1_000_000)
        let fields = String(repeating: "COMMENT: x\n", count: 1_000_000)
        #expect(
            try spectra(MassBankReaderTests.record.replacing("CH$FORMULA", with: fields + "CH$FORMULA"))
                == [MassBankReaderTests.expected])
        let blanks = String(repeating: " ", count: 8 << 20)
        #expect(
            try spectra("NAME: x\nCOMMENT: \(blanks)\nNUM PEAKS: 1\n1 2\(blanks)", name: "a.msp").count == 1)
        var document = MzMLDocument()
        document.groups = String(repeating: "<a/>", count: 1_000_000)
        #expect(try spectra(document.text) == [MzMLDocument.expected])
    }
}
