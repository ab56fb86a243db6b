import CMemcheck
import Foundation
import Ring

/// An operation on a secret, during which memcheck must report nothing.
struct Case: Sendable {
    /// What the report calls it.
    let name: String
    /// Whether memcheck must report something: then the check itself works.
    var isLeak = false
    /// Marks the secret, runs the operation, marks its results as public, and checks them.
    let run: @Sendable () throws -> Void

    /// Every case.
    static let all =
        LeakCases.all + SamplingCases.all + EncryptionCases.all + DecryptionCases.all + EncodingCases.all
}

/// Runs every case on the backend that `MSFHE_BACKEND` names, under valgrind.
@main
enum ConstantTimeCheck {
    static func main() {
        guard checks_is_running_on_valgrind() != 0 else {
            print("msfhe-ct says something only under valgrind: use make ct")
            exit(2)
        }
        if CommandLine.arguments.dropFirst() == ["backends"] {
            // Those that valgrind knows the instructions of: it hides the others from whoever asks the processor.
            for backend in Backend.available { print(backend.name) }
            return
        }
        do { try Backend.requireKnownSelection() } catch {
            print(error)
            exit(2)
        }
        var failed = 0
        for check in Case.all where !passes(check) { failed += 1 }
        print("\(Case.all.count - failed) passed, \(failed) failed")
        exit(failed == 0 ? 0 : 1)
    }

    private static func passes(_ check: Case) -> Bool {
        let before = checks_error_count()
        var problem: String?
        do { try check.run() } catch { problem = (error as? Finding)?.message ?? "\(error)" }
        let reports = checks_error_count() - before
        if problem == nil, (reports > 0) != check.isLeak {
            problem = check.isLeak ? "memcheck does not see the leak" : "\(reports) branches or addresses on a secret"
        }
        print("\(Backend.selected.name): \(check.name): \(problem.map { "FAILED: \($0)" } ?? "passed")")
        return problem == nil
    }
}
