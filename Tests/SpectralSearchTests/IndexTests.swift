import Foundation
import Storage
import TestSupport
import Testing

@testable import SpectralSearch

struct IndexTests {
    /// A library whose rows begin at addresses of any alignment that a dimension allows.
    private static func files() throws -> SearchFiles {
        try SearchFiles(librarySize: 60, queryCount: 5, dimension: 196)
    }

    private static func rows(_ index: LibraryIndex, _ range: Range<Int>) throws -> [Int8] {
        try index.withRows(range) { Array($0) }
    }

    /// Mapped rows, copied rows and the bytes of the file are the same, wherever a block begins and ends.
    @Test func rowsAreTheBytesOfTheFile() throws {
        let files = try Self.files()
        let (path, card) = (files.folder("library/index"), files.library.card)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path)).map { Int8(bitPattern: $0) }
        let mapped = try LibraryIndex(path: path, card: card)
        let copied = try LibraryIndex(path: path, card: card, isMapped: false)
        for first in 0...mapped.rowCount {
            for end in [first, first + 1, (first + mapped.rowCount) / 2, mapped.rowCount]
            where first <= end && end <= mapped.rowCount {
                let expected = Array(bytes[64 + 196 * first..<64 + 196 * end])
                #expect(try Self.rows(mapped, first..<end) == expected)
                #expect(try Self.rows(copied, first..<end) == expected)
            }
        }
    }

    /// An index that is cut or written to after it was opened is refused, and does not end the process.
    @Test(arguments: [true, false])
    func changesMeanwhileAreRefused(isMapped: Bool) throws {
        let changes: [(FileHandle) throws -> Void] = [
            { try $0.truncate(atOffset: 64) }, { try $0.truncate(atOffset: 0) },
            { try $0.truncate(atOffset: 64 + 196 * 59) },
            {
                try $0.seek(toOffset: 100)
                try $0.write(contentsOf: Data([128]))
            },
        ]
        for change in changes {
            let files = try Self.files()
            let path = files.folder("library/index")
            let index = try LibraryIndex(path: path, card: files.library.card, isMapped: isMapped)
            let before = try Self.rows(index, 0..<60)
            let handle = try #require(FileHandle(forUpdatingAtPath: path))
            try change(handle)
            try handle.close()
            #expect(throws: InputError.self) { try Self.rows(index, 0..<60) }
            #expect(before.count == 60 * 196)
        }
    }

    /// Reading mapped pages in finds out that the file was cut, whatever its status said a moment before.
    @Test func cutPagesAreFoundOut() throws {
        let folder = try TemporaryFolder()
        try folder.write(Data(repeating: 1, count: 1 << 16), to: "file")
        let handle = try #require(FileHandle(forUpdatingAtPath: folder("file")))
        let base = try #require(mmap(nil, 1 << 16, PROT_READ, MAP_SHARED, handle.fileDescriptor, 0))
        defer { munmap(base, 1 << 16) }
        try #require(base != MAP_FAILED)
        #expect(InputFile.load(base, 1 << 16))
        try handle.truncate(atOffset: 1 << 15)
        #expect(!InputFile.load(base, 1 << 16))
    }

    /// An index that is replaced, as our own commands replace files, stays readable for those who have it open.
    @Test func replacedFilesStayReadable() throws {
        let files = try Self.files()
        let index = files.library.index
        let before = try Self.rows(index, 0..<60)
        let file = try OutputFile(path: files.folder("library/index"))
        try file.write(Data("another".utf8))
        try file.commit()
        #expect(try Self.rows(index, 0..<60) == before)
    }

    /// An upload that is written to after it was opened is refused, before there is an answer.
    @Test func uploadsChangedMeanwhileAreRefused() throws {
        let files = try Self.files()
        let job = try SearchJob(library: files.folder("library"), queries: files.folder("run.msq"))
        let handle = try #require(FileHandle(forUpdatingAtPath: files.folder("run.msq")))
        try handle.truncate(atOffset: 100)
        #expect(throws: InputError.self) { try job.run(output: files.folder("late.mss"), threads: 1) { _ in } }
        #expect(!files.folder.names.contains { $0.contains("late.mss") })
    }

    /// The bound changes how many rows are answered at a time, and nothing in the answer.
    @Test(arguments: [1, 2])
    func answersDoNotDependOnTheBound(threads: Int) throws {
        let rowCount = 2 * BatchSearch.blockRows + 7
        let files = try SearchFiles(librarySize: rowCount, queryCount: 5)
        let job = try SearchJob(library: files.folder("library"), queries: files.folder("run.msq"))
        let error = #expect(throws: InputError.self) {
            try job.run(output: files.folder("bound.mss"), threads: threads, memoryLimit: 1 << 20) { _ in }
        }
        let words = try #require(error?.problem.split(separator: " "))
        let least = try #require(words.firstIndex(of: "needs").flatMap { Int(words[$0 + 1]) })
        #expect(throws: InputError.self) {
            try job.run(output: files.folder("bound.mss"), threads: threads, memoryLimit: (least - 1) << 20) { _ in }
        }
        var blocks: [Int] = []
        try job.run(output: files.folder("bound.mss"), threads: threads, memoryLimit: least << 20) { blocks.append($0) }
        #expect(blocks.count > 1 && blocks.last == rowCount)
        let both = try ["run.mss", "bound.mss"].map { try Data(contentsOf: URL(fileURLWithPath: files.folder($0))) }
        #expect(both[0] == both[1])
    }

    /// The card counts the rows and the different compounds, however many blocks they were written in.
    @Test func theCardCountsRowsAndCompounds() throws {
        let files = try Self.files()
        let content = files.library.card.content.library
        #expect(content.spectra == 60 && files.library.entries.count == 60)
        #expect(content.compounds == Set(files.library.entries.map(\.compound)).count)
        #expect(content.compounds < 60)
    }
}
