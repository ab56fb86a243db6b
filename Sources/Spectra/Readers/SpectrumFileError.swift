/// What is wrong with a spectrum file, and where.
public struct SpectrumFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A place inside a file.
    public enum Location: Sendable, Hashable, CustomStringConvertible {
        /// A line of a text file, counted from 1.
        case line(Int)
        /// A spectrum of an mzML file, by its native identifier.
        case spectrum(String)

        /// `line 17` or `spectrum 'scan=17'`.
        public var description: String {
            switch self {
            case .line(let number): "line \(number)"
            case .spectrum(let identifier): "spectrum '\(identifier)'"
            }
        }
    }

    /// The file, as the caller named it.
    public var path: String
    /// Where in the file; nil when the error concerns the file as a whole.
    public var location: Location?
    /// What is wrong, naming the offending value and what would be right.
    public var message: String

    /// An error in the file at `path`.
    public init(path: String, location: Location? = nil, message: String) {
        self.path = path
        self.location = location
        self.message = message
    }

    /// `path: location: message`, on one line.
    public var description: String {
        [path, location?.description, message].compactMap(\.self).joined(separator: ": ")
    }
}

/// What a parser reports: the message alone, on one line. Whoever drives the parser knows the path and the
/// place.
struct Malformed: Error {
    var message: String

    init(_ message: String) {
        self.message = message.onOneLine
    }
}

/// Bounds on what a single file may ask of us; far above any real file, far below what would hurt.
package enum SpectrumFileLimits {
    /// The longest line, in bytes, and the longest text of one XML element that is kept.
    package static let lineLength = 16 << 20
    /// The most peaks in one spectrum.
    package static let peaks = 1_000_000
    /// The largest m/z in daltons per elementary charge.
    package static let mz = 1e6
    /// The most text that one MassBank record may hold, in bytes.
    package static let recordLength = 64 << 20
}
