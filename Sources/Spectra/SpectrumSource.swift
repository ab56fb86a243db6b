/// What a spectrum file says about itself and the run that its spectra come from.
public struct SpectrumSource: Sendable, Hashable, Codable {
    /// The file's name, without folders.
    public var name: String
    /// The file's format.
    public var format: SpectrumFormat
    /// The identifier of the run; of mzML files only, like all that follows.
    public var runID: String?
    /// The model of the instrument.
    public var instrument: VocabularyTerm?
    /// The file that the instrument wrote, from which this one was made.
    public var rawFile: RawFile?

    /// The file that the instrument wrote.
    public struct RawFile: Sendable, Hashable, Codable {
        /// Its name, without folders.
        public var name: String
        /// How its spectra are identified, such as MS:1000768, `Thermo nativeID format`.
        public var nativeIDFormat: VocabularyTerm?
        /// Its checksum as the file that names it gives it, in hexadecimal: a SHA-1 or SHA-256.
        public var checksum: Checksum?

        /// A file of `name`.
        public init(name: String, nativeIDFormat: VocabularyTerm? = nil, checksum: Checksum? = nil) {
            self.name = name
            self.nativeIDFormat = nativeIDFormat
            self.checksum = checksum
        }
    }

    /// A checksum and how it was made.
    public struct Checksum: Sendable, Hashable, Codable {
        /// MS:1000569, `SHA-1`, or MS:1003151, `SHA-256`.
        public var method: VocabularyTerm
        /// The digest in hexadecimal.
        public var value: String

        /// A checksum made by `method`.
        public init(method: VocabularyTerm, value: String) {
            self.method = method
            self.value = value
        }
    }

    /// A file of `name` in `format`, of which nothing else is known.
    public init(name: String, format: SpectrumFormat) {
        self.name = name
        self.format = format
    }
}
