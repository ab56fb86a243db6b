#if Service
    import Foundation
    import GRDB

    /// The host's clocks: that on the wall, by which people are told when something happened, and one that only runs
    /// forwards, by which leases and idle uploads run out. Nobody can set the second; it counts from the start of the machine,
    /// sleep included, so what is written down of it goes with the name of that start.
    package struct HostClock: Sendable {
        /// The time of day; may jump.
        package var now: @Sendable () -> Date
        /// Nanoseconds since the machine started.
        package var sinceBoot: @Sendable () -> Int64
        /// Which start of the machine that was.
        package var boot: String

        package init(
            now: @escaping @Sendable () -> Date, sinceBoot: @escaping @Sendable () -> Int64, boot: String
        ) {
            self.now = now
            self.sinceBoot = sinceBoot
            self.boot = boot
        }

        /// The machine's.
        package static let system = HostClock(
            now: { Date() },
            sinceBoot: {
                var time = timespec()
                #if os(Linux)
                    clock_gettime(CLOCK_BOOTTIME, &time)
                #else
                    clock_gettime(CLOCK_MONOTONIC, &time)
                #endif
                return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
            },
            boot: bootName)

        /// What the kernel calls this start; where it does not, one for each process, whose leases then end with it.
        private static let bootName: String = {
            let name = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
            return name?.trimmingCharacters(in: .whitespacesAndNewlines) ?? UUID().uuidString
        }()

        /// Milliseconds since 1970, as the database keeps the time of day.
        var milliseconds: Int64 { now().milliseconds }

        /// The time of day, as the database keeps it.
        var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

        /// The moment `duration` from now.
        func deadline(in duration: Duration) -> Deadline {
            // A century is as good as for ever.
            let (seconds, attoseconds) = min(duration, .seconds(100 * 365 * 86_400)).components
            return Deadline(boot: boot, at: sinceBoot() + seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        }
    }

    /// A moment of the clock that only runs forwards. One of an earlier start of the machine is over.
    struct Deadline: Sendable, Hashable {
        let boot: String
        let at: Int64
    }
#endif
