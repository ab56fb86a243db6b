import CMemcheck

/// Functions that leak a secret, which memcheck must report: otherwise the silence about the others says nothing.
enum LeakCases {
    static let all = [
        Case(name: "leak on purpose: branch", isLeak: true) {
            poisoned([UInt8(1)]).withUnsafeBytes { checks_branch_on($0.baseAddress) }
        },
        Case(name: "leak on purpose: address", isLeak: true) {
            poisoned([UInt8(1)]).withUnsafeBytes { checks_index_by($0.baseAddress) }
        },
        Case(name: "leak on purpose: overflow check", isLeak: true) {
            let sum = poisoned([Int32(1), 2]).reduce(0, +)
            try withUnsafeBytes(of: sum) { try release($0, "sums") }
        },
    ]
}
