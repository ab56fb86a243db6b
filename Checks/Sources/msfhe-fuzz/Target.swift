import CKKS
import Spectra
import Storage

/// A parser under fuzzing, with everything that a command does to what it accepts.
struct Target: Sendable {
    /// What the command line calls it.
    let name: String
    /// Words of the format that chance would not find.
    var words: [String] = []
    /// Small inputs that are accepted, made by the project's own code; the same ones in every process.
    let seeds: @Sendable () throws -> [[UInt8]]
    /// Parses an input. Whatever is wrong with it is an ``InputError``, a ``SpectrumFileError``, a ``WireError`` or a
    /// ``ParametersError``.
    let parse: @Sendable ([UInt8]) throws -> Void

    /// Every target.
    static let all =
        SpectrumTargets.all + LibraryTargets.all + SearchTargets.all + InteractiveTargets.all + ClientTargets.all
        + HostTargets.all + CKKSParameterTargets.all + CKKSObjectTargets.all + AuditTargets.all

    /// Parses `input`. Ends the process when it is refused in another way than by the errors that people can read.
    func run(_ input: [UInt8]) {
        do {
            try parse(input)
        } catch is InputError {
        } catch is SpectrumFileError {
        } catch is WireError {
        } catch is ParametersError {
        } catch {
            fatalError("\(name): refused by an error that the commands do not expect: \(error)")
        }
    }
}

/// Ends the process when something that every accepted input must obey does not hold.
func require(_ holds: Bool, _ law: @autoclosure () -> String) {
    if !holds { fatalError("an accepted input breaks a law: \(law())") }
}
