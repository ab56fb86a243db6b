/// Everything that turns a spectrum into a vector: public, versioned, fixed by the library card.
///
/// The vector has norm sqrt(2) at most: a fragment half of unit length and a precursor half of unit length, so
/// that the inner product of two vectors is the cosine of the fragments plus a Gaussian kernel of the precursor
/// difference.
public struct VectorRecipe: Sendable, Hashable, Codable {
    /// The similarity that the fragment half expresses.
    public var score: SpectralScore
    /// Terms of the expansion of the entropy kernel; 1 for all other scores, which are products as they are.
    public var expansionRank: Int
    /// Entries in all, D: a multiple of 4 from 64 to 4096, precursor included.
    public var dimension: Int
    /// Entries of the precursor half, 2K: even, less than half of the dimension; 0 leaves the precursor out.
    public var precursorDimension: Int
    /// Width sigma of the precursor kernel in daltons.
    public var precursorWidth: Double
    /// Width of a fragment bin in daltons.
    public var binWidth: Double
    /// Entries of the sketch that each bin is added to.
    public var slotsPerBin: Int
    /// Peaks below this fraction of the base peak are dropped.
    public var minimumRelativeIntensity: Double
    /// Peaks more than this many daltons above the precursor are dropped.
    public var precursorMargin: Double
    /// Spectra of less Shannon entropy (natural logarithm) than this have their intensities flattened.
    public var entropyCutoff: Double
    /// Seed of the sketch's hash and of the precursor's frequencies.
    public var seed: UInt64

    /// The recipe with the measured defaults: D = 512, 2K = 64, sigma = 0.01 Da, bins of 0.02 Da.
    ///
    /// The seed is a matter of luck: seeds 1 to 6 gave float vectors a top-1 accuracy of 0.9510 to 0.9545 on
    /// MassBank's dev queries, 0.9536 in the mean. The default is one of them, fixed for good.
    ///
    /// - Throws: ``RecipeError`` when a value is out of range.
    public init(
        dimension: Int = 512, precursorDimension: Int = 64, score: SpectralScore = .cosine,
        expansionRank: Int? = nil, seed: UInt64 = 4
    ) throws(RecipeError) {
        self.score = score
        self.expansionRank = expansionRank ?? (score == .entropy ? Self.defaultExpansionRank : 1)
        self.dimension = dimension
        self.precursorDimension = precursorDimension
        precursorWidth = 0.01
        binWidth = 0.02
        slotsPerBin = 4
        minimumRelativeIntensity = 0.01
        precursorMargin = 1.5
        entropyCutoff = 3
        self.seed = seed
        try validate()
    }

    /// Similarities err by 6e-4 in the mean, and by 0.074 at most, before the sketch.
    private static let defaultExpansionRank = 4

    /// Entries of the fragment half.
    public var sketchDimension: Int { dimension - precursorDimension }

    /// Checks every value, as a recipe from a file needs.
    public func validate() throws(RecipeError) {
        func require(_ holds: Bool, _ message: String) throws(RecipeError) {
            if !holds { throw RecipeError(message: message) }
        }
        try require(
            score == .entropy ? EntropyExpansion.ranks.contains(expansionRank) : expansionRank == 1,
            "expansion rank \(expansionRank) does not go with score \(score.rawValue)")
        try require(
            (64...4096).contains(dimension) && dimension % 4 == 0,
            "dimension \(dimension) is not a multiple of 4 from 64 to 4096")
        try require(
            precursorDimension >= 0 && precursorDimension % 2 == 0 && precursorDimension < dimension / 2,
            "precursor dimension \(precursorDimension) is not an even number below half of \(dimension)")
        try require((1e-4...10).contains(precursorWidth), "precursor width \(precursorWidth) Da is not in 0.0001 to 10")
        try require((1e-3...10).contains(binWidth), "bin width \(binWidth) Da is not in 0.001 to 10")
        try require((1...16).contains(slotsPerBin), "\(slotsPerBin) slots per bin are not 1 to 16")
        try require(
            (0..<1).contains(minimumRelativeIntensity),
            "relative intensity \(minimumRelativeIntensity) is not in 0 to 1")
        try require((0...1000).contains(precursorMargin), "precursor margin \(precursorMargin) Da is not in 0 to 1000")
        try require((0...20).contains(entropyCutoff), "entropy cutoff \(entropyCutoff) is not in 0 to 20")
    }
}

/// A recipe with a value out of range.
public struct RecipeError: Error, CustomStringConvertible {
    let message: String
    /// One line that says what is wrong.
    public var description: String { message }
}
