import Testing

@testable import AuditLog

struct TileNameTests {
    @Test func pathsAreThoseOfTheSpecification() {
        #expect(TileName(.hashes(level: 0), index: 1_234_067).path == "tile/0/x001/x234/067")
        #expect(TileName(.entries, index: 0, width: 5).path == "tile/entries/000.p/5")
        #expect(TileName.last(.hashes(level: 1), treeSize: 256).path == "tile/1/000.p/1")
        #expect(TileName.last(.hashes(level: 0), treeSize: 256).path == "tile/0/000")
    }

    @Test func everyNameIsReadAsItIsWritten() {
        for content in [TileName.Content.entries, .hashes(level: 0), .hashes(level: 6)] {
            for index in [0, 1, 999, 1000, 123_456, 1_000_000, Int.max / 256 - 1] {
                for width in [1, 255, 256] {
                    let name = TileName(content, index: index, width: width)
                    #expect(TileName(path: name.path) == name)
                }
            }
        }
    }

    @Test(arguments: [
        "", "tile", "tile/0", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/x000/000", "tile/0/1000", "tile/00/000",
        "tile/7/000", "tile/64/000", "tile/-1/000", "tile/+1/000", "tile/0/+01", "tile/0/000.p", "tile/0/000.p/0",
        "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/+1", "tile/0/../000", "tile/entries/../checkpoint",
        "/tile/0/000",
        "tile/0/000/", "tile//000", "tile/0/x001/067/x001", "tile/0/001/067", "tile/0/xx01/067", "tile/0/x001/x067",
        "tile/0/x001.p/1", "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
    ])
    func otherPathsAreNone(_ path: String) {
        #expect(TileName(path: path) == nil)
    }
}
