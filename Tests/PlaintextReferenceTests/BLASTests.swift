import Foundation
import Testing

@testable import PlaintextReference

@Suite struct BLASTests {
    @Test(arguments: [
        (1, 1, 1), (3, 5, 7), (17, 33, 65), (64, 1, 512), (1, 64, 512), (50, 40, 513), (4, 3, 0),
    ])
    func sgemmEqualsTheDefinition(m: Int, n: Int, k: Int) {
        var generator = TestGenerator(seed: UInt64(m * 1_000_000 + n * 1000 + k))
        let (a, b) = (generator.floats(m * k), generator.floats(n * k))
        var product = [Float](repeating: .nan, count: m * n)
        var c = product.mutableSpan
        BLAS.sgemm(a.span, b.span, into: &c, m: m, n: n, k: k)
        for row in 0..<m {
            for column in 0..<n {
                let terms = (0..<k).map { Double(a[row * k + $0]) * Double(b[column * k + $0]) }
                // The bound on the error of a sum of k rounded products, in any order of summation.
                let bound = Double(k + 1) * 0x1p-24 * terms.map(\.magnitude).reduce(0, +)
                let error = abs(Double(product[row * n + column]) - terms.reduce(0, +))
                #expect(error <= bound, "row \(row), column \(column)")
            }
        }
    }

    @Test func sgemmOfNothingIsNothing() {
        var nothing: [Float] = []
        var c = nothing.mutableSpan
        BLAS.sgemm([Float]().span, [1, 2].span, into: &c, m: 0, n: 1, k: 2)
    }
}

@Suite struct BLASCoreTypeTests {
    /// Runs a shell script in place of our own program.
    private func fastest(
        _ script: String, among candidates: [String], timeLimit: Double = 20
    ) throws -> BLASCoreType.Selection {
        try BLASCoreType.fastest(
            probingWith: "/bin/sh", arguments: ["-c", script], among: candidates, timeLimit: timeLimit)
    }

    @Test func theProbeReportsWhatItsReaderExpects() throws {
        let measurement = try #require(BLASCoreType.parse(BLASCoreType.probe(), candidate: "ZEN"))
        #expect(measurement.coreName == BLAS.coreName)
        #expect(measurement.candidate == "ZEN")
        #expect(measurement.gigaflops > 0.1)
    }

    @Test(arguments: [
        "", "SkylakeX", "SkylakeX fast", "SkylakeX -1", "SkylakeX nan", "SkylakeX inf", "a b 3",
    ])
    func otherOutputIsNoMeasurement(line: String) {
        #expect(BLASCoreType.parse(line, candidate: nil) == nil)
    }

    @Test func theFastestCandidateThatSurvivesIsChosen() throws {
        let script = """
            case "$OPENBLAS_CORETYPE" in
            CRASHES) kill -ILL $$ ;;
            FAILS) echo "Fails 900"; exit 1 ;;
            MUTE) ;;
            UNKNOWN) echo "Default 50.5" ;;
            FAST) echo "Fast 120.0" ;;
            "") echo "Default 50.0" ;;
            esac
            """
        let selection = try fastest(script, among: ["CRASHES", "FAILS", "MUTE", "UNKNOWN", "FAST"])
        #expect(selection.best == .init(candidate: "FAST", coreName: "Fast", gigaflops: 120))
        #expect(selection.all.map(\.candidate) == [nil, "UNKNOWN", "FAST"])
        #expect(selection.all.map(\.coreName) == ["Default", "Default", "Fast"])
    }

    @Test func ownChoiceOfOpenBLASMayBeTheFastest() throws {
        let script = "test -z \"$OPENBLAS_CORETYPE\" && echo 'Own 10' || echo 'Other 9'"
        #expect(try fastest(script, among: ["OTHER"]).best.candidate == nil)
    }

    @Test func aChildThatHangsIsEnded() throws {
        let script = "test -z \"$OPENBLAS_CORETYPE\" && echo 'Own 10' || exec sleep 60"
        let clock = ContinuousClock()
        let start = clock.now
        let selection = try fastest(script, among: ["HANGS"], timeLimit: 0.5)
        #expect(selection.all.count == 1)
        #expect(clock.now - start < .seconds(20))
    }

    @Test func noMeasurementAtAllIsAnError() {
        #expect(throws: BLASCoreType.Failure.self) { try fastest("exit 1", among: []) }
        #expect(throws: BLASCoreType.Failure.self) {
            try BLASCoreType.fastest(probingWith: "/nonexistent/program", arguments: [])
        }
    }

    @Test func aProgramThatDoesNotExistIsNotStarted() {
        #expect(throws: BLASCoreType.Failure.self) {
            try BLASCoreType.reexecute(with: "ZEN", executable: "/nonexistent/program")
        }
    }
}
