import Foundation
import RLWE
import Storage
import Testing

@testable import SpectralSearch

/// What a host keeps for researchers and cannot read.
struct AnnotationTests {
    private let annotation = Annotation(title: "Urine, batch 7", tags: ["ÄÖ", "pilot"], notes: "run twice\nsee p. 3")
    private let subject = [UInt8](repeating: 9, count: 32)

    @Test func whatIsEncryptedIsReadAgainByTheSameKeyOnly() throws {
        let key = SecretKey.generate()
        let bytes = try annotation.encrypted(under: key, for: subject)
        #expect(try Annotation(encrypted: bytes, under: key, for: subject) == annotation)
        #expect(try annotation.encrypted(under: key, for: subject) != bytes, "fresh each time")
        for (other, name) in [(SecretKey.generate(), subject), (key, []), (key, subject + [0])] {
            #expect(throws: InputError.self) { try Annotation(encrypted: bytes, under: other, for: name) }
        }
    }

    /// Every flipped bit and every cut is noticed.
    @Test func alteredBytesAreRefused() throws {
        let key = SecretKey.generate()
        let bytes = try annotation.encrypted(under: key, for: subject)
        for index in bytes.indices {
            var altered = bytes
            altered[index] ^= 1 << UInt8(index % 8)
            #expect(throws: InputError.self) { try Annotation(encrypted: altered, under: key, for: subject) }
            #expect(throws: InputError.self) {
                try Annotation(encrypted: bytes.prefix(index), under: key, for: subject)
            }
        }
    }

    /// The length tells the size in steps of 256 bytes, and no more; beyond the limit there is a clear error.
    @Test func lengthsAreRounded() throws {
        let key = SecretKey.generate()
        func byteCount(_ count: Int) throws -> Int {
            try Annotation(title: String(repeating: "x", count: count)).encrypted(under: key, for: []).count
        }
        #expect(try Set((1...200).map { try byteCount($0) }).count == 1)
        #expect(try Set((1...1000).map { try byteCount($0) }).count == 5)
        #expect(throws: InputError.self) { try byteCount(Annotation.byteLimit) }
    }
}
