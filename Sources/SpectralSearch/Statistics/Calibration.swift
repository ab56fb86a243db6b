import Foundation
import Spectra
import Storage

/// How likely a query's best compound is right, by what the scores look like: a logistic model fitted to queries whose
/// compounds are known, in a small public file.
///
/// It holds for the score and the recipe that it was fitted with, and for runs in which the share of queries whose compound
/// the library lacks is that of the searches that it was fitted to.
public struct Calibration: Sendable, Hashable {
    /// The content, as the file holds it.
    public let content: Content

    static let format = "massspecfhe-calibration"

    /// The members of `calibration.json`.
    public struct Content: Sendable, Hashable, Codable {
        /// Version of the file's layout: 1.
        public var version = 1
        /// The recipe of the vectors that are scored.
        public var vector: VectorRecipe
        /// The weights of the best score and of its margin over the second compound.
        public var model: LogisticModel
        /// How well the model did on compounds that it was not fitted to.
        public var crossValidation: CrossValidation
    }

    /// What cross-validation found, no compound being in two folds.
    public struct CrossValidation: Sendable, Hashable, Codable {
        /// Number of searches that the model was fitted to.
        public var searches: Int
        /// The share of them whose compound was not in the library.
        public var absentShare: Double
        /// Number of folds.
        public var folds: Int
        /// The mean squared difference of probability and outcome.
        public var brierScore: Double
        /// The mean of minus the natural logarithm of the probability of what was the case.
        public var logLoss: Double
        /// The mean difference of probability and share of right hits, over ten bins.
        public var expectedCalibrationError: Double

        package init(
            searches: Int, absentShare: Double, folds: Int, brierScore: Double, logLoss: Double,
            expectedCalibrationError: Double
        ) {
            self.searches = searches
            self.absentShare = absentShare
            self.folds = folds
            self.brierScore = brierScore
            self.logLoss = logLoss
            self.expectedCalibrationError = expectedCalibrationError
        }
    }

    /// The calibration of searches by `card`.
    package init(card: LibraryCard, model: LogisticModel, crossValidation: CrossValidation) {
        content = Content(
            vector: card.content.vector, model: model, crossValidation: crossValidation)
    }

    /// Reads the calibration at `path` and checks that it holds for searches by `card`.
    ///
    /// - Throws: ``InputError`` when the file is no calibration, is damaged, or was made for another score or recipe.
    public init(path: String, card: LibraryCard) throws {
        let text = try readWhole(path: path, limit: 1 << 20)
        content = try CheckedJSON.decode(Content.self, from: text, kind: .calibration, path: path).value
        try validate(path: path, card: card)
    }

    private func validate(path: String, card: LibraryCard) throws(InputError) {
        func require(_ holds: Bool, _ problem: String) throws(InputError) {
            if !holds { throw InputError(path, problem) }
        }
        let model = content.model
        try require(
            content.version == 1, "version \(content.version) is not known to this program, which reads 1")
        try require(
            content.vector.score == card.content.vector.score,
            "calibrates the score \(content.vector.score.rawValue), but the library was searched by \(card.content.vector.score.rawValue)"
        )
        try require(
            content.vector == card.content.vector,
            "was made for vectors of another recipe than the library's: calibrate with the same --dimension")
        try require(
            model.weights.count == 2 && ([model.intercept] + model.weights).allSatisfy { abs($0) <= 1e6 },
            "does not have an intercept and two weights of at most a million")
    }

    /// Writes the calibration to `path`.
    package func write(to path: String) throws {
        let file = try OutputFile(path: path)
        try file.write(CheckedJSON.encode(content, format: Self.format).text)
        try file.commit()
    }

    /// The probability that the best compound is right.
    package func probability(_ evidence: HitEvidence) -> Double { content.model.probability(evidence.features) }
}
