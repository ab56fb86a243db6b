import Foundation
import Testing

@testable import Harness

@Suite("Growth with the library")
struct GrowthTests {
    private func row(_ rows: Int, seconds: Double) -> Row {
        var row = Row("search.scale")
        row["rows"] = .integer(rows)
        row["memoryLimitMiB"] = .integer(64)
        row["peakMemoryMiB"] = .number(48)
        row["nanoseconds"] = .number(seconds * 1e9)
        return row
    }

    @Test("the page shows the growth, and nothing of it where it was not measured")
    func page() {
        let machine = Row("machine")
        let without = PerformancePage(ResultFile(machine: machine, rows: [Row("search.batch")])).html
        #expect(!without.contains("<h2>Growth"))
        let page = PerformancePage(
            ResultFile(machine: machine, rows: [row(10_000, seconds: 0.25), row(1_000_000, seconds: 25)])
        ).html
        #expect(page.contains("<h2>Growth"))
        #expect(page.components(separatedBy: "--value:75%").count == 3, "one bar of 48 of 64 MiB a library")
    }

    @Test("a process knows the memory that it held at most")
    func peakMemory() throws {
        let before = try #require(PeakMemory.byteCount)
        let bytes = [UInt8](repeating: 1, count: 64 << 20)
        let after = try #require(PeakMemory.byteCount)
        #expect(bytes[before % bytes.count] == 1)
        #expect(after >= 64 << 20 && after >= before)
    }
}
