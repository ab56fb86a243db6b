import Foundation
import RLWE
import Spectra
import Storage

/// What the researcher keeps of a run, beside the upload: what the queries are called and where they come from, and
/// what decryption needs.
/// Never uploaded; useless without the key, but it names the spectra, so its file is private.
public struct RunRecord: Sendable {
    /// One query of a run.
    public struct Query: Sendable, Hashable, Codable {
        /// The name of the spectrum.
        public var name: String
        /// Precursor m/z in daltons; nil when unknown.
        public var precursorMZ: Double?
        /// Number of the spectrum in its file, from 0 on; of mzML files, among those of MS2.
        public var position: Int?
        /// The spectrum's identifier in its file: in mzML its native id.
        public var nativeID: String?
        /// The number of the scan, where it alone names the spectrum.
        public var scanNumber: Int?
        /// Precursor charge, signed.
        public var charge: Int?
        /// Retention time in seconds.
        public var retentionTime: Double?
        /// The polarity.
        public var ionMode: IonMode?
        /// The ion species, where the file tells it.
        public var adduct: String?
        /// The range of m/z in daltons from which precursors were isolated.
        public var isolationWindow: ClosedRange<Double>?

        /// Whether the numbers are what readers let through.
        fileprivate var isPlausible: Bool {
            precursorMZ.map { $0 > 0 && $0 <= SpectrumFileLimits.mz } ?? true
                && retentionTime.map { $0 >= 0 && $0.isFinite } ?? true
                && charge.map { (1...999).contains($0.magnitude) } ?? true
                && [position, scanNumber].allSatisfy { $0 ?? 0 >= 0 }
        }
    }

    /// The file that the queries come from.
    public struct Source: Sendable, Hashable, Codable {
        /// What the file says of itself and of the run.
        public var file: SpectrumSource
        /// The SHA-256 of the file's bytes in hexadecimal; nil for a pipe.
        public var sha256: String?
        /// How the queries' precursors were fragmented: each method once, in the order of the file.
        public var dissociation: [VocabularyTerm]

        /// The file at `path`, of whose queries `intake` took in.
        public init(_ file: SpectrumSource, path: String, intake: QueryIntake) {
            self.file = file
            sha256 = Digest(ofRegularFile: path)?.description
            dissociation = intake.dissociation
        }
    }

    /// The card that the queries were encrypted for.
    public let card: LibraryCard
    /// The queries, in the order of the columns of the run.
    public let queries: [Query]
    /// The file that they come from; nil when they were made in memory.
    public let source: Source?
    /// The digest that ends the upload.
    public let uploadDigest: Digest
    /// The seed of a batch run's masks; nil for interactive queries, which have none.
    package let seed: MaskSeed?
    package let nonce: RunNonce
    private let keyCheck: Data
    /// What the host was told of the queries' precursors; nil for nothing.
    public let disclosure: PrecursorDisclosure?

    /// How the queries are searched for.
    public var mode: SearchMode { seed == nil ? .interactive : .batch }

    private struct Content: Codable {
        var version = Self.currentVersion
        var card: String
        var keyCheck: Data
        var queries: [Query]
        var source: Source?
        var seed: Data?
        var nonce: Data
        var uploadSHA256: String
        /// The width of the disclosed windows in daltons.
        var disclosedWindow: Int?

        static let currentVersion = 2
    }

    package init(
        card: LibraryCard, queries: [Query], source: Source?, uploadDigest: Digest, seed: MaskSeed?, nonce: RunNonce,
        keyCheck: Data, disclosure: PrecursorDisclosure? = nil
    ) {
        self.card = card
        self.queries = queries
        self.source = source
        self.uploadDigest = uploadDigest
        self.seed = seed
        self.nonce = nonce
        self.keyCheck = keyCheck
        self.disclosure = disclosure
    }

    /// Checks that `key` is the one that the run was encrypted with: another would decrypt to random scores.
    ///
    /// - Parameter path: the key's file, for the message.
    /// - Throws: ``InputError`` when it is another key.
    public func requireKey(_ key: SecretKey, path: String) throws(InputError) {
        guard key.check(nonce: nonce, seed: seed) == keyCheck else {
            throw InputError(path, "is not the key that this run was encrypted with")
        }
    }

    /// Reads the record at `path`.
    ///
    /// - Throws: ``InputError`` when the file is no record or is damaged.
    public init(path: String) throws {
        let text = try readWhole(path: path, limit: 8 << 30)
        let content = try CheckedJSON.decode(Content.self, from: text, kind: .runRecord, path: path).value
        guard content.version == Content.currentVersion else {
            throw InputError(
                path,
                "is a run's record of version \(content.version), but this program reads version \(Content.currentVersion): identify with the program that encrypted, or encrypt again"
            )
        }
        guard !content.queries.isEmpty, content.queries.count <= Upload.maximumQueryCount,
            content.queries.allSatisfy(\.isPlausible), let nonce = RunNonce(recorded: content.nonce),
            let uploadDigest = Digest(hexadecimal: content.uploadSHA256),
            content.seed.map({ $0.count == MaskSeed.byteCount }) ?? true,
            content.seed == nil || content.disclosedWindow == nil
        else { throw InputError(path, "is not a run's record of this version") }
        self.init(
            card: try LibraryCard(text: Data(content.card.utf8), path: path), queries: content.queries,
            source: content.source, uploadDigest: uploadDigest, seed: content.seed.flatMap { MaskSeed(received: $0) },
            nonce: nonce, keyCheck: content.keyCheck,
            disclosure: try content.disclosedWindow.map(PrecursorDisclosure.init(width:)))
        try card.require(mode, path: path)
    }

    /// Checks that the run is of `mode`.
    ///
    /// - Parameter path: the answer's file, for the message.
    func require(_ mode: SearchMode, path: String) throws(InputError) {
        guard self.mode == mode else {
            throw InputError(
                path,
                "is read as the answer of \(mode.rawValue) search, but the run is one of \(self.mode.rawValue) search")
        }
    }

    /// Checks, behind the opening of an answer's header, that it answers this run: the digests of card and upload, the
    /// numbers of rows and queries.
    func requireAnswer(_ header: inout HeaderReader, path: String) throws(InputError) {
        let cardDigest = header.bytes(Digest.byteCount)
        guard header.bytes(Digest.byteCount) == uploadDigest.bytes else {
            throw InputError(path, "is the answer to another run than the one whose record was given with --run")
        }
        guard cardDigest == card.digest.bytes else {
            throw InputError(path, "comes from another library than the run was encrypted for")
        }
        let rowCount = card.content.library.spectra
        guard header.integer(UInt32.self) == rowCount, header.integer(UInt32.self) == queries.count else {
            throw InputError(
                path, "does not hold the scores of \(queries.count) queries against \(rowCount) library spectra")
        }
    }

    /// Writes an upload to `path`, by `writeUpload`, and this record beside it, or neither.
    ///
    /// - Throws: ``InputError`` when one of the files exists: an earlier run's record is the only way to read its
    ///   answers.
    func write(beside path: String, writeUpload: (SealedFile) throws -> Void) throws {
        let recordFile = try Self.newFile(beside: path)
        let uploadFile = try SealedFile(path: path, collision: .refuse)
        try write(to: recordFile) { try writeUpload(uploadFile) }
    }

    /// Starts the file of a record, beside the upload at `path`.
    ///
    /// - Throws: ``InputError`` when it exists.
    static func newFile(beside path: String) throws -> OutputFile {
        try OutputFile(path: EncryptedQueries.recordPath(path), isPrivate: true, collision: .refuse)
    }

    /// Writes this record to `recordFile` and puts the upload in its place by `putUpload`, or neither.
    func write(to recordFile: OutputFile, putUpload: () throws -> Void) throws {
        try recordFile.write(encoded())
        try recordFile.commit()
        do {
            try putUpload()
        } catch {
            // The upload is not there, so its record is of no use.
            unlink(recordFile.path)
            throw error
        }
    }

    /// The record's file.
    func encoded() throws -> Data {
        let content = Content(
            card: String(decoding: card.text, as: UTF8.self), keyCheck: keyCheck, queries: queries, source: source,
            seed: seed?.bytes, nonce: nonce.bytes, uploadSHA256: uploadDigest.description,
            disclosedWindow: disclosure?.width)
        return try CheckedJSON.encode(content, format: "massspecfhe-run").text
    }
}
