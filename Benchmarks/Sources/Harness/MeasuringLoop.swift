/// Work to be timed.
package struct Work {
    /// How many operations one call of `body` does; times are reported for one.
    package var operations: Int
    /// Restores the inputs of work that overwrites them, before every call and outside its time; nil for work that
    /// may be repeated as it is.
    package var restore: (() -> Void)?
    package var body: () -> Void

    /// Work that may be repeated as it is.
    package init(_ body: @escaping () -> Void) {
        operations = 1
        self.body = body
    }

    /// Work that does `operations` operations on inputs that it overwrites.
    package init(operations: Int, restore: @escaping () -> Void, _ body: @escaping () -> Void) {
        self.operations = operations
        self.restore = restore
        self.body = body
    }
}

/// Times work until the fastest time can be relied on.
///
/// The fastest of many samples says what the code costs: whatever else the machine does only adds. It is taken
/// as settled once the third-fastest sample is within ``tolerance`` of it. Works that are to be compared take
/// turns, so that a slow spell of the machine meets them all.
package struct MeasuringLoop: Sendable {
    /// Largest relative distance of the third-fastest sample from the fastest.
    package var tolerance = 0.02
    /// Time that is spent on each work at least, warm-up excluded.
    package var leastTime = Duration.milliseconds(300)
    /// Time after which the loop gives up on the tolerance.
    package var mostTime = Duration.seconds(12)
    /// Time of the warm-up, which settles clock, caches and pages.
    package var warmUpTime = Duration.milliseconds(50)
    /// A sample of work that may be repeated takes about this long: the clock's own 30 ns then do not matter.
    package var sampleTime = Duration.microseconds(100)

    private let clock = ContinuousClock()

    package init() {}

    /// Times one work.
    package func measure(_ work: Work) -> Timing { measure([work])[0] }

    /// Times several works in turn.
    package func measure(_ works: [Work]) -> [Timing] {
        let repetitions = works.map(warmUp)
        var samples = works.map { _ in Samples() }
        let start = clock.now
        while true {
            for (index, work) in works.enumerated() {
                samples[index].add(sample(work, repetitions: repetitions[index]))
            }
            let elapsed = clock.now - start
            let isSettled = samples.allSatisfy { $0.timing.spread <= tolerance }
            if elapsed >= leastTime * works.count, isSettled || elapsed >= mostTime * works.count,
                samples[0].count >= 3
            {
                return samples.map(\.timing)
            }
        }
    }

    /// Runs the work for a while.
    ///
    /// - Returns: how many calls make a sample.
    private func warmUp(_ work: Work) -> Int {
        let start = clock.now
        var fastest = Duration.seconds(3600)
        repeat {
            work.restore?()
            fastest = min(fastest, clock.measure(work.body))
        } while clock.now - start < warmUpTime
        return work.restore == nil
            ? max(1, Int((sampleTime / max(fastest, .nanoseconds(1))).rounded(.up))) : 1
    }

    /// Nanoseconds of one operation.
    private func sample(_ work: Work, repetitions: Int) -> Double {
        work.restore?()
        let duration = clock.measure {
            for _ in 0..<repetitions { work.body() }
        }
        return duration / .nanoseconds(1) / Double(repetitions * work.operations)
    }
}

/// What the samples of a work say.
package struct Timing: Sendable, Equatable {
    /// The fastest sample.
    package var nanoseconds: Double
    package var medianNanoseconds: Double
    package var samples: Int
    /// Relative distance of the third-fastest sample from the fastest; infinite for fewer than three.
    package var spread: Double

    package init(nanoseconds: Double, medianNanoseconds: Double, samples: Int, spread: Double) {
        self.nanoseconds = nanoseconds
        self.medianNanoseconds = medianNanoseconds
        self.samples = samples
        self.spread = spread
    }
}

/// Times of one work, in ascending order.
package struct Samples {
    private var sorted: [Double] = []
    package var count: Int { sorted.count }

    package init() {}

    /// Adds the time of one sample in nanoseconds.
    package mutating func add(_ nanoseconds: Double) {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < nanoseconds { low = middle + 1 } else { high = middle }
        }
        sorted.insert(nanoseconds, at: low)
    }

    /// - Precondition: there is a sample.
    package var timing: Timing {
        let middle = sorted.count / 2
        let median =
            sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
        let spread = sorted.count < 3 ? .infinity : sorted[2] / sorted[0] - 1
        return Timing(
            nanoseconds: sorted[0], medianNanoseconds: median, samples: sorted.count, spread: spread)
    }
}
