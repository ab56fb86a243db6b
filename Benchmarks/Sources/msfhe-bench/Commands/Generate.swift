import ArgumentParser
import Harness
import Spectra

struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write perturbed copies of spectra as MGF, as many as wanted.",
        discussion: """
            For libraries of any size from the spectra one has: peaks lost, shifted and added, intensities changed, \
            the precursor of each further copy shifted by 0.05 Da. Every copy's name says that it is perturbed. Memory \
            holds the originals; copies are written as they are made, about 1 kB each.
            """)

    @OptionGroup var perturbation: PerturbationOptions

    @Option(help: "Number of spectra to write.")
    var count: Int

    @Option(help: "The file to write, in the Mascot generic format; - is standard output.")
    var out: String

    func validate() throws {
        guard (1...1 << 30).contains(count) else {
            throw ValidationError("--count is \(count), but must be from 1 to 2^30")
        }
    }

    func run() throws {
        let copies = try perturbation.copies(count)
        guard !copies.isEmpty else { throw UsageError("--spectra: none of the spectra has a peak") }
        let output = try LineOutput(path: out)
        var blocks = ""
        for copy in copies {
            blocks += MGFWriter.block(copy)
            if blocks.utf8.count >= 1 << 20 {
                try output.write(blocks)
                blocks = ""
            }
        }
        try output.write(blocks)
    }
}
