import CMemcheck
import Ring

/// Marks bytes as a secret: from now on memcheck reports every branch and address that depends on them.
func poison(_ bytes: UnsafeRawBufferPointer) { checks_poison(bytes.baseAddress, bytes.count) }

/// Marks bytes as public: they are a result that leaves the secret's keeper.
func declassify(_ bytes: UnsafeRawBufferPointer) { checks_declassify(bytes.baseAddress, bytes.count) }

/// Whether every one of the bytes depends on a secret.
func isPoisoned(_ bytes: UnsafeRawBufferPointer) -> Bool {
    checks_poisoned_count(bytes.baseAddress, bytes.count) == bytes.count
}

/// The values, in memory of their own that is marked as a secret.
func poisoned<Value: BitwiseCopyable>(_ values: [Value]) -> [Value] {
    let copy = [Value](unsafeUninitializedCapacity: values.count) { memory, count in
        _ = memory.initialize(from: values)
        count = values.count
    }
    copy.withUnsafeBytes { poison($0) }
    return copy
}

/// The calls of `body`, with everything that the system's generator gives marked as a secret.
func withPoisonedRandomness<Result>(_ body: () throws -> Result) rethrows -> Result {
    checks_poison_randomness(1)
    defer { checks_poison_randomness(0) }
    return try body()
}

/// How many bytes of randomness have been marked.
var poisonedRandomnessCount: Int { checks_poisoned_randomness_count() }

/// What a case finds wrong besides memcheck's reports: results that do not depend on the secret, so that nothing would
/// have been checked, or that are wrong.
struct Finding: Error {
    let message: String
}

/// Ends the case when a condition does not hold.
func require(_ holds: Bool, _ message: String) throws(Finding) {
    if !holds { throw Finding(message: message) }
}

/// Checks that results depend on the secret, and marks them as public.
func release(_ bytes: UnsafeRawBufferPointer, _ name: String) throws(Finding) {
    try require(isPoisoned(bytes), "\(name) do not depend on the secret: nothing was checked")
    declassify(bytes)
}
