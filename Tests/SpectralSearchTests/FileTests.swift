import Crypto
import Foundation
import RLWE
import TestSupport
import Testing
import Storage

@testable import SpectralSearch

private struct Sample: Codable, Equatable {
    var name = "a/b \"c\" ü"
    var number = 1.5
    var list = [1, 2, 3]
}

struct FileTests {
    @Test func checkedJSONNoticesEveryFlippedBitAndEveryCut() throws {
        let (text, digest) = try CheckedJSON.encode(Sample(), format: "massspecfhe-card")
        let (value, found) = try CheckedJSON.decode(Sample.self, from: text, kind: .card, path: "x")
        #expect(value == Sample() && digest == found)
        #expect((try? JSONSerialization.jsonObject(with: text)) != nil)
        for position in text.indices {
            for bit in 0..<8 {
                var damaged = text
                damaged[position] ^= 1 << bit
                #expect(throws: InputError.self) {
                    try CheckedJSON.decode(Sample.self, from: damaged, kind: .card, path: "x")
                }
            }
            #expect(throws: InputError.self) {
                try CheckedJSON.decode(Sample.self, from: text.prefix(position), kind: .card, path: "x")
            }
        }
        #expect(throws: InputError.self) {
            try CheckedJSON.decode(Sample.self, from: text + Data("\n".utf8), kind: .card, path: "x")
        }
    }

    @Test func aFileAppearsWholeOrNotAtAll() throws {
        let folder = try TemporaryFolder()
        do {
            let file = try OutputFile(path: folder("out"))
            try file.write(Data("half".utf8))
            #expect(!folder.names.contains("out"))
        }
        #expect(folder.names == [])
        let file = try OutputFile(path: folder("out"))
        try file.write(Data("whole".utf8))
        try file.commit()
        #expect(folder.names == ["out"])
        #expect(try String(contentsOfFile: folder("out"), encoding: .utf8) == "whole")
    }

    @Test func anExistingFileIsReplacedOrRefusedAsAsked() throws {
        let folder = try TemporaryFolder()
        try folder.write(Data("old".utf8), to: "out")
        #expect(throws: InputError.self) { try OutputFile(path: folder("out"), collision: .refuse) }
        // The name may also be taken while the file is being written.
        let late = try OutputFile(path: folder("late"), collision: .refuse)
        try folder.write(Data("old".utf8), to: "late")
        #expect(throws: InputError.self) { try late.commit() }
        #expect(try String(contentsOfFile: folder("late"), encoding: .utf8) == "old")
        let replacing = try OutputFile(path: folder("out"))
        try replacing.write(Data("new".utf8))
        try replacing.commit()
        #expect(try String(contentsOfFile: folder("out"), encoding: .utf8) == "new")
    }

    @Test func privateFilesArePrivate() throws {
        let folder = try TemporaryFolder()
        let file = try OutputFile(path: folder("secret"), isPrivate: true)
        try file.commit()
        let mode = try FileManager.default.attributesOfItem(atPath: folder("secret"))[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func keysAreNeverOverwrittenNorReadFromAPublicFile() throws {
        let folder = try TemporaryFolder()
        try KeyFile.create(path: folder("key"))
        let key = try KeyFile.read(path: folder("key"))
        #expect(throws: InputError.self) { try KeyFile.create(path: folder("key")) }
        let again = try KeyFile.read(path: folder("key"))
        #expect(again.withUnsafeBytes { Data($0) } == key.withUnsafeBytes { Data($0) })
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder("key"))
        #expect(throws: InputError.self) { try KeyFile.read(path: folder("key")) }
    }

    /// A key has one way of being written: other digits are refused, with the right digest behind them.
    @Test func keysOfOtherDigitsAreRefused() throws {
        let folder = try TemporaryFolder()
        func read(_ line: String) throws -> SecretKey {
            let content = FileKind.secretKey.opening + Array(line.utf8)
            try folder.write(Data(content + Array("\(Digest(SHA256.hash(data: content)))\n".utf8)), to: "key")
            chmod(folder("key"), 0o600)
            return try KeyFile.read(path: folder("key"))
        }
        let digits = String(repeating: "0189abef", count: 8)
        #expect(try read(digits + "\n").withUnsafeBytes { $0[0] == 0x01 && $0[31] == 0xef })
        for wrong in ["A", "F", "g", "`", "/", ":", " ", "\u{0}", "p"] {
            #expect(throws: InputError.self, "\(wrong)") { try read(wrong + digits.dropFirst() + "\n") }
            #expect(throws: InputError.self, "\(wrong)") { try read(digits.dropLast() + wrong + "\n") }
            #expect(throws: InputError.self, "\(wrong)") { try read(digits + wrong) }
        }
    }

    @Test func digestsReadBackWhatTheyPrint() {
        let digest = Digest(bytes: (0..<32).map { UInt8($0 * 8) })!
        #expect(Digest(hexadecimal: digest.description) == digest)
        #expect(Digest(hexadecimal: digest.description.uppercased()) == nil)
        #expect(Digest(hexadecimal: String(repeating: "+1", count: 32)) == nil)
        #expect(Digest(bytes: [1, 2]) == nil)
    }
}

struct TableFieldTests {
    @Test func controlCharactersBecomeBlanks() {
        #expect("a\tb\nc\u{7F}d\u{85}e".onOneLine == "a b c d e")
        #expect("Überglück °C ©".onOneLine == "Überglück °C ©")
        #expect("a\r\nb".onOneLine == "a  b")
    }
}
