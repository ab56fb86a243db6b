/// The protease of most proteomic experiments.
package enum Trypsin {
    /// The peptides of a digest that cleaves after every lysine and arginine that proline does not follow, but
    /// misses up to `missedCleavages` neighbouring sites.
    ///
    /// They come in order of their first residue, then of their length.
    package static func digest(_ protein: [AminoAcid], missedCleavages: Int) -> [Peptide] {
        let boundaries = boundaries(of: protein)
        var peptides: [Peptide] = []
        for first in boundaries.indices.dropLast() {
            let last = min(first + 1 + max(missedCleavages, 0), boundaries.count - 1)
            for end in first + 1...last {
                peptides.append(Peptide(protein[boundaries[first]..<boundaries[end]]))
            }
        }
        return peptides
    }

    /// The offsets at which limit peptides start and end: both ends of the protein and the sites between.
    private static func boundaries(of protein: [AminoAcid]) -> [Int] {
        guard !protein.isEmpty else { return [] }
        let sites = protein.indices.dropFirst().filter {
            cleaves(after: protein[$0 - 1], before: protein[$0])
        }
        return [0] + sites + [protein.count]
    }

    private static func cleaves(after residue: AminoAcid, before next: AminoAcid) -> Bool {
        (residue == .lysine || residue == .arginine) && next != .proline
    }
}
