import ArgumentParser
import Foundation
import Spectra

/// Which spectra perturbed copies are made of, and how.
struct PerturbationOptions: ParsableArguments {
    @Option(
        name: .long, parsing: .upToNextOption,
        help: "Files of spectra to perturb; without them the simulated peptides.")
    var spectra: [String] = []

    @Option(help: "What the perturbations are drawn from: the same number gives the same copies.")
    var seed: UInt64 = 1

    /// `count` perturbed copies.
    func copies(_ count: Int) throws -> PerturbedSpectra {
        let originals =
            spectra.isEmpty ? SimulatedPeptides.library : try spectra.flatMap { try SpectrumFile.spectra(path: $0) }
        // A spectrum without peaks cannot be searched by, so none of its copies could.
        return PerturbedSpectra(of: originals.filter { !$0.peaks.isEmpty }, count: count, seed: seed)
    }

    /// What the copies are called in results.
    var name: String {
        let names = spectra.map { URL(fileURLWithPath: $0).lastPathComponent }
        return "perturbed " + (names.isEmpty ? "simulated peptides" : names.joined(separator: " "))
    }

    /// The options as another process of this program takes them.
    var arguments: [String] { (spectra.isEmpty ? [] : ["--spectra"] + spectra) + ["--seed", "\(seed)"] }
}
