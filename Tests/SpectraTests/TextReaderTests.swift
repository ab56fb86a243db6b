import Foundation
import Testing

@testable import Spectra

@Suite("Lines and numbers")
struct TextReaderTests {
    /// The lines of a file of `bytes`.
    private func lines(_ bytes: [UInt8]) throws -> [String] {
        try withFile(bytes) { path in
            var reader = try LineReader(ByteSource(path: path))
            var lines: [String] = []
            while let range = try reader.next() { lines.append(reader.bytes.span.text(range)) }
            #expect(reader.number == lines.count)
            return lines
        }
    }

    @Test("LF, CR LF and CR end lines alike", arguments: ["\n", "\r\n", "\r"])
    func lineEnds(_ end: String) throws {
        let expected = ["a", "", "bc", " d "]
        #expect(try lines(Array(expected.joined(separator: end).utf8)) == expected)
        #expect(try lines(Array((expected.joined(separator: end) + end).utf8)) == expected)
    }

    @Test("Where the pieces of the file meet does not matter")
    func pieceBoundaries() throws {
        // The line end falls on, before and after the boundary between two pieces.
        for shift in -2...2 {
            let long = String(repeating: "x", count: ByteSource.pieceLength + shift)
            let expected = [long, "y", long + long, ""]
            #expect(try lines(Array((expected.joined(separator: "\r\n") + "\r\n").utf8)) == expected)
        }
    }

    @Test("A line of more than 16 MiB is an error")
    func lineLength() throws {
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: SpectrumFileLimits.lineLength + 1)
        #expect(throws: SpectrumFileError.self) { try lines(line) }
        #expect(try lines(line.dropLast()).count == 1)
    }

    @Test("Each line is UTF-8 or else Latin-1; a byte order mark is no text")
    func encodings() throws {
        let bytes = [0xEF, 0xBB, 0xBF] + Array("β-é\n".utf8) + [0xE9, 0x0A, 0xCE, 0xB2]
        #expect(try lines(bytes) == ["β-é", "é", "β"])
    }

    @Test("Numbers are those of the standard library, rounded correctly")
    func numbers() {
        var generator = SystemRandomNumberGenerator()
        var texts = [
            "0", "-0", "1.", ".5", "1e5", "1E-5", "+7.25e+3", "9007199254740993", "1e400", "4.9e-324",
        ]
        for _ in 0..<20_000 {
            let value = Double(bitPattern: generator.next())
            if value.isFinite { texts.append("\(value)") }
            let digits = Int.random(in: 1...24, using: &generator)
            let integer = (0..<digits).map { _ in String(Int.random(in: 0...9)) }.joined()
            let fraction = (0..<Int.random(in: 0...9)).map { _ in String(Int.random(in: 0...9)) }.joined()
            texts.append("\(integer).\(fraction)e\(Int.random(in: -30...30))")
        }
        for text in texts {
            let bytes = Array(text.utf8)
            let number = bytes.span.number(bytes.indices)
            #expect(number?.bitPattern == Double(text)?.bitPattern, "\(text)")
        }
    }

    @Test(
        "What is not a decimal number is none",
        arguments: ["", "-", ".", "e5", "nan", "inf", "0x10", "1,5", "1e", "1e+", "--1", "1.2.3", "12x"])
    func notNumbers(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(bytes.span.number(bytes.indices) == nil)
    }

    @Test("A number of more than 100 bytes is none")
    func longNumber() {
        let bytes = [UInt8](repeating: UInt8(ascii: "1"), count: 101)
        #expect(bytes.span.number(bytes.indices) == nil)
        #expect(bytes.span.number(0..<100) == Double(String(repeating: "1", count: 100)))
    }

    @Test("A charge is read with its sign or without")
    func charges() {
        #expect(IonCharge(text: "2+")?.signed(in: .negative) == 2)
        #expect(IonCharge(text: "-3")?.signed(in: nil) == -3)
        #expect(IonCharge(text: "1")?.signed(in: .negative) == -1)
        for none in ["", "0", "2+ and 3+", "+", "1000", "x"] { #expect(IonCharge(text: none) == nil) }
        #expect(IonCharge(adduct: "[M+2H]2+")?.signed(in: nil) == 2)
        #expect(IonCharge(adduct: "[M-H]-")?.signed(in: nil) == -1)
        #expect(IonCharge(adduct: "[M]+*")?.signed(in: nil) == 1)
        for none in ["M+H", "[M+H]", "[M]2"] { #expect(IonCharge(adduct: none) == nil) }
    }

    @Test("A retention time is in seconds, by its own unit or the format's")
    func retentionTimes() {
        #expect(retentionSeconds("3 min", defaultUnit: nil) == 180)
        #expect(retentionSeconds("3.5", defaultUnit: .minute) == 210)
        #expect(retentionSeconds("90 sec (estimated)", defaultUnit: .minute) == 90)
        for none in ["-1", "N/A", "", "3 furlongs", "1,5"] {
            #expect(retentionSeconds(none, defaultUnit: .minute) == nil)
        }
        #expect(retentionSeconds("3.5", defaultUnit: nil) == nil)
    }
}
