#if Service
    import Foundation
    import SpectralSearch

    /// What a host allows, and what it spends.
    package struct HostSettings: Sendable, Hashable, Codable {
        /// Bytes that a project may hold: data sets, libraries, results, and what was announced of them.
        package var projectByteLimit = 64 << 30
        /// Data sets that a project may hold.
        package var projectDatasetLimit = 10_000
        /// Libraries that a project may hold.
        package var projectLibraryLimit = 100
        /// Projects that an account may make.
        package var accountProjectLimit = 100
        /// Whether owners may let every account search their libraries, or only the operator.
        package var ownersMayShareLibraries = false
        /// Bytes of the largest file.
        package var fileByteLimit = 16 << 30
        /// Jobs of an account that may wait or run at a time.
        package var accountJobLimit = 1000
        /// Bytes of an annotation, which the client encrypts.
        package var annotationByteLimit = 16 << 10
        /// Bytes of the disk that stay free.
        package var diskReserve = 256 << 20
        /// Seconds until an upload that nobody continues is dropped.
        package var uploadIdleSeconds = 24 * 3600

        /// Batch jobs that run at a time.
        package var batchSlots = 1
        /// Libraries that are searched interactively at a time. Batch jobs do not make interactive ones wait, and the other
        /// way round.
        package var interactiveSlots = 1
        /// Cores that each of them uses.
        package var threads = 1
        /// Bytes that a batch job may hold in memory; nil for a quarter of the machine's, shared among the slots.
        package var batchMemoryLimit: Int?
        /// Bytes of the largest interactive index, which is in memory while it is searched; nil for a quarter of the
        /// machine's memory, shared among the slots.
        package var indexByteLimit: Int?
        /// Bytes of interactive indices that stay in memory; the one in use always does.
        package var indexCacheByteLimit = 2 << 30

        /// Seconds until a job whose worker gave no sign of life goes to another.
        package var leaseSeconds = 30
        /// How often a job is tried that fails through no fault of its input.
        package var attemptLimit = 3
        /// How often a job is begun anew whose worker died. It is more than failures are given, since most deaths are no
        /// fault of the job; it is not without end, since one may be.
        package var interruptionLimit = 10
        /// Seconds before the second attempt; each further one waits four times as long.
        package var retrySeconds = 1

        package init() {}

        /// Bytes that a batch job may hold in memory.
        var batchMemory: Int { batchMemoryLimit ?? MachineMemory.byteCount / 4 / batchSlots }

        /// Bytes of the largest interactive index.
        var largestIndex: Int { indexByteLimit ?? MachineMemory.byteCount / 4 / interactiveSlots }

        /// How many jobs, or libraries, are worked on at a time.
        func slots(_ mode: SearchMode) -> Int { mode == .batch ? batchSlots : interactiveSlots }
    }

    /// The memory of the machine, or what the control groups of the process leave it of that.
    enum MachineMemory {
        static let byteCount: Int = {
            let groups = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? ""
            return min(
                Int(clamping: ProcessInfo.processInfo.physicalMemory), limit(groups: groups, root: "/sys/fs/cgroup"))
        }()

        /// The least limit of a process's group and those around it (cgroup v2), in bytes.
        ///
        /// - Parameters:
        ///   - groups: what `/proc/self/cgroup` says.
        ///   - root: where the groups are mounted.
        static func limit(groups: String, root: String) -> Int {
            let own = groups.split(separator: "\n").first { $0.hasPrefix("0::/") }?.dropFirst("0::/".count) ?? ""
            let names: [Substring] = [""] + own.split(separator: "/")
            var (folder, least) = (root, Int.max)
            for name in names {
                folder += "/\(name)"
                let text = try? String(contentsOfFile: "\(folder)/memory.max", encoding: .utf8)
                least = min(least, text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? .max)
            }
            return least
        }
    }
#endif
