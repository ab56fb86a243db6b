import Harness
import Testing

@Suite("The measuring loop")
struct MeasuringLoopTests {
    @Test("minimum, median and spread are those of the sorted samples", arguments: 1...9)
    func statistics(count: Int) {
        var samples = Samples()
        for value in (1...count).shuffled() { samples.add(Double(value)) }
        let timing = samples.timing
        #expect(timing.nanoseconds == 1)
        #expect(timing.medianNanoseconds == Double(count + 1) / 2)
        #expect(timing.samples == count)
        #expect(timing.spread == (count < 3 ? .infinity : 2))
    }

    private var quickLoop: MeasuringLoop {
        var loop = MeasuringLoop()
        loop.leastTime = .milliseconds(5)
        loop.mostTime = .milliseconds(20)
        loop.warmUpTime = .milliseconds(1)
        return loop
    }

    /// Work of which each call waits as many additions for the one before as `length` says.
    private func chain(_ length: Int) -> () -> Void {
        return {
            var state: UInt64 = 1
            for _ in 0..<length { state = state &* 6_364_136_223_846_793_005 &+ 1 }
            withExtendedLifetime(state) {}
            sink = state
        }
    }

    @Test("work that overwrites its inputs gets them back before every call")
    func restoring() {
        var isFresh = true
        var violations = 0
        _ = quickLoop.measure(
            Work(operations: 1, restore: { isFresh = true }) {
                if !isFresh { violations += 1 }
                isFresh = false
            })
        #expect(violations == 0)
    }

    @Test("works take turns: none is sampled more often than another")
    func turns() {
        let timings = quickLoop.measure([Work(chain(10)), Work(chain(100_000))])
        #expect(timings[0].samples == timings[1].samples)
        #expect(timings[0].samples >= 3)
        #expect(timings[0].nanoseconds < timings[1].nanoseconds)
    }

    @Test("times are those of one operation")
    func operations() {
        let once = quickLoop.measure(Work(operations: 1, restore: {}, chain(100_000)))
        let asTen = quickLoop.measure(Work(operations: 10, restore: {}, chain(100_000)))
        let ratio = once.nanoseconds / asTen.nanoseconds
        #expect((5...20).contains(ratio))
    }
}

/// Keeps the optimiser from dropping work.
nonisolated(unsafe) private var sink: UInt64 = 0
