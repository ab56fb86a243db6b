import Foundation
import RLWE
import Spectra
import Storage

/// The library manifest: everything that client and host must agree on, in one small public file.
///
/// Uploads, answers and run records carry the card's digest, so that a disagreement cannot go unnoticed. A card
/// read from a file is checked before it is used: parameters must be the known secure ones and the scaling must
/// exclude wrap-around, whoever wrote it.
public struct LibraryCard: Sendable, Hashable {
    /// The content, as the file holds it.
    public let content: Content
    /// SHA-256 of the content.
    public let digest: Digest
    /// The file.
    let text: Data

    /// The members of `card.json`.
    public struct Content: Sendable, Hashable, Codable {
        static let currentVersion = 3

        /// Version of the file's layout: 3.
        public var version: Int
        /// The ion mode of all spectra; nil when they do not say.
        public var ionMode: IonMode?
        /// How spectra become vectors.
        public var vector: VectorRecipe
        /// How vectors become integers.
        public var scaling: ScoreScaling
        /// How queries are encrypted.
        public var encryption: Encryption
        /// How many bits of the residues travel.
        public var precision: WirePrecision
        /// 32 random bytes from which all runs' masks derive, where the library publishes them; nil where each run
        /// has its own.
        public var publishedSeed: Data?
        /// How single queries are searched for; nil where the library has no interactive index.
        public var interactive: Interactive?
        /// How the last rows were made that stand for no compound; nil where the library has none.
        public var decoys: Decoys?
        /// What searches cost the host, where the library is laid out for both modes and it was measured.
        public var costs: SearchCosts?
        /// Which library this is.
        public var library: Library
    }

    /// The ring learning with errors parameters that queries are encrypted with.
    public struct Encryption: Sendable, Hashable, Codable {
        /// Ring degree n.
        public var degree: Int
        /// log2 of the modulus q.
        public var logModulus: Int
        /// Width sigma of the error distribution.
        public var errorWidth: Double
        /// Largest magnitude of an error.
        public var errorBound: Int
        /// Distribution of the secrets: `ternary`.
        public var secret: String
        /// Strength in bits that the security table gives.
        public var securityBits: Int

        init(_ parameters: RLWEParameters) {
            degree = parameters.degree
            logModulus = parameters.logModulus
            errorWidth = parameters.errorWidth
            errorBound = parameters.errorBound
            secret = "ternary"
            securityBits = parameters.security.rawValue
        }
    }

    /// The decoys of a library: its last rows.
    public struct Decoys: Sendable, Hashable, Codable {
        /// How they were made.
        public var method: DecoyMethod
        /// Their number.
        public var spectra: Int
    }

    /// The library that the card belongs to.
    public struct Library: Sendable, Hashable, Codable {
        /// Number of spectra, decoys included, which is the number of rows.
        public var spectra: Int
        /// Number of different compounds.
        public var compounds: Int
        /// The SHA-256 that ends the index of batch search, in hexadecimal; nil where the library has none.
        public var indexSHA256: String?
        /// The SHA-256 that ends the entries, in hexadecimal.
        public var entriesSHA256: String
    }

    /// The ways in which the library can be searched.
    public var modes: [SearchMode] {
        (content.library.indexSHA256 == nil ? [] : [.batch]) + (content.interactive == nil ? [] : [.interactive])
    }

    /// Checks that the library can be searched by `mode`.
    ///
    /// - Parameter path: the card's file, for the message.
    public func require(_ mode: SearchMode, path: String) throws(InputError) {
        guard modes.contains(mode) else {
            throw InputError(
                path,
                "this library is not laid out for \(mode.rawValue) search, but for: \(modes.map(\.rawValue).joined(separator: ", "))"
            )
        }
    }

    /// The parameters that the content names; checked to be ``RLWEParameters/batch``.
    public var parameters: RLWEParameters { .batch }

    /// The seed of the masks that all runs share, where the library publishes one. Host and researchers then keep the
    /// mask part of the answers, which is the same for every run, in the library's file `masks`.
    public var sharedSeed: MaskSeed? { content.publishedSeed.map { .published($0, salt: digest.bytes) } }

    /// A card of `content`.
    ///
    /// - Throws: ``InputError`` when the content is not usable.
    init(_ content: Content) throws {
        (text, digest) = try CheckedJSON.encode(content, format: "massspecfhe-card")
        self.content = content
        try Self.validate(content, path: "card")
    }

    /// The card in the file at `path`.
    public init(path: String) throws {
        try self.init(text: readWhole(path: path, limit: 1 << 20), path: path)
    }

    /// The card whose file is `text`.
    init(text: Data, path: String) throws {
        (content, digest) = try CheckedJSON.decode(Content.self, from: text, kind: .card, path: path)
        self.text = text
        try Self.validate(content, path: path)
    }

    private static func validate(_ content: Content, path: String) throws(InputError) {
        func require(_ holds: Bool, _ problem: String) throws(InputError) {
            if !holds { throw InputError(path, problem) }
        }
        try require(
            content.version == Content.currentVersion,
            "card version \(content.version) is not known to this program, which reads \(Content.currentVersion); build the library anew"
        )
        do { try content.vector.validate() } catch { throw InputError(path, "\(error)") }
        let parameters = RLWEParameters.batch
        try require(
            content.encryption == Encryption(parameters),
            "the encryption parameters are not those of \(parameters.name), the only ones this program encrypts with")
        try require(
            [16, 24].contains(content.precision.uploadBits),
            "uploads have 16 or 24 bits a residue, not \(content.precision.uploadBits)")
        try require(
            (8...24).contains(content.precision.maskBits)
                && (8...content.precision.uploadBits).contains(content.precision.bodyBits),
            "answers keep 8 to 24 bits, not \(content.precision.maskBits) and \(content.precision.bodyBits)")
        try require(
            content.scaling
                == ScoreScaling(
                    dimension: content.vector.dimension, parameters: parameters, precision: content.precision),
            "the scaling is not the one that these parameters call for")
        try require(
            content.scaling.excludesWrapAround(
                dimension: content.vector.dimension, parameters: parameters, precision: content.precision),
            "answers of \(content.precision.maskBits) and \(content.precision.bodyBits) bits leave no scaling without wrap-around"
        )
        try require(
            content.publishedSeed.map { $0.count == MaskSeed.byteCount } ?? true,
            "the published seed has other than \(MaskSeed.byteCount) bytes")
        if let interactive = content.interactive {
            try require(
                interactive.columns == InteractiveScheme.columnCount(dimension: content.vector.dimension)
                    && interactive == Interactive(columns: interactive.columns, indexSHA256: interactive.indexSHA256),
                "the parameters of interactive search are not those that this program computes with")
        }
        if let costs = content.costs {
            try require(
                costs.areSound && content.interactive != nil && content.library.indexSHA256 != nil,
                "the costs are not those of searches in two modes: numbers of seconds up to 10^6, of a pass no fewer than of one of its queries"
            )
        }
        try require(
            content.interactive != nil || content.library.indexSHA256 != nil, "the library has no index to search")
        try require(
            (1...1 << 30).contains(content.library.spectra)
                && (1...content.library.spectra).contains(content.library.compounds),
            "a library has 1 to 2^30 spectra, and at most as many compounds")
        try require(
            content.decoys.map { (1..<content.library.spectra).contains($0.spectra) } ?? true,
            "of \(content.library.spectra) spectra, \(content.decoys?.spectra ?? 0) cannot be decoys")
    }
}
