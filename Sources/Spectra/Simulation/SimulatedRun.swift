extension SimulatedPeptides {
    /// The MS2 spectra of a simulated LC-MS/MS run in the order of their retention times, and the answers. Nothing
    /// in it was measured.
    ///
    /// `compoundCount` library spectra, all different, elute at times drawn uniformly from the first half hour. Each is
    /// fragmented one to three times, four seconds apart, as ``queries(count:seed:)`` disturbs. Scans are numbered
    /// with a survey scan, which is not there, before every three. At most as many compounds as the library has spectra
    /// are drawn.
    public static func run(compoundCount: Int, seed: UInt64) -> [SimulatedQuery] {
        var random = SplitMix64(seed: seed)
        var remaining = Array(library.indices)
        var scans: [(time: Double, truth: Spectrum)] = []
        for _ in 0..<min(max(compoundCount, 0), library.count) {
            let position = random.index(below: remaining.count)
            let truth = library[remaining[position]]
            remaining.swapAt(position, remaining.count - 1)
            remaining.removeLast()
            let start = random.uniform(in: 60..<1800)
            for repetition in 0...random.index(below: 3) { scans.append((start + 4 * Double(repetition), truth)) }
        }
        scans.sort { ($0.time, $0.truth.accession ?? "") < ($1.time, $1.truth.accession ?? "") }
        return scans.enumerated().map { number, scan in
            let scanNumber = number + number / 3 + 2
            var spectrum = SimulatedMeasurement().measure(scan.truth, name: "scan \(scanNumber)", random: &random)
            spectrum.accession = "scan=\(scanNumber)"
            spectrum.scanNumber = scanNumber
            spectrum.retentionTime = scan.time
            spectrum.isolationWindow = spectrum.precursorMZ.map { $0 - 0.5...$0 + 0.5 }
            spectrum.dissociation = [VocabularyTerm("MS:1000422", "beam-type collision-induced dissociation")]
            return SimulatedQuery(spectrum: spectrum, truth: scan.truth)
        }
    }
}
