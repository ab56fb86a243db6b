/// Spectrum files in the formats that people have: MSP (NIST, MoNA, MassBank, RIKEN, Golm), MGF, MassBank
/// records and mzML, each plain or gzip-compressed.
///
/// The content decides the format, and the file's name only where the content does not tell. All files are
/// taken to be hostile: every count, size and number in them is checked and none is used to allocate memory.
public enum SpectrumFile {
    /// Reads the file at `path` and shows `body` each spectrum in the order of the file.
    ///
    /// A spectrum's peaks are sorted by m/z, all finite and of positive m/z and intensity: peaks of zero
    /// intensity are dropped. Spectra without peaks are kept. Of mzML files the MS2 spectra are read, which
    /// must be centroided; withdrawn MassBank records are left out. Memory is bounded by the largest
    /// spectrum, not by the file.
    ///
    /// - Parameters:
    ///   - path: A file; not a folder.
    ///   - progress: Is called before each spectrum with the fraction of the file's bytes that was read.
    ///   - body: Is called once for each spectrum; what it throws ends the reading.
    /// - Returns: What the file says of itself and of the run.
    /// - Throws: ``SpectrumFileError`` for a file that cannot be read, is of another format, truncated,
    ///   malformed, has a spectrum of more than 1,000,000 peaks or holds none at all; and whatever `body`
    ///   throws.
    /// - Complexity: linear in the size of the file; peaks of an unsorted spectrum are sorted.
    @discardableResult
    public static func read(
        path: String, progress: (Double) -> Void = { _ in }, into body: (Spectrum) throws -> Void
    ) throws -> SpectrumSource {
        var thrown: (any Error)?
        let source = try visit(path: path, progress) { spectrum in
            do { try body(spectrum) } catch { thrown = error }
            return thrown == nil
        }
        if let thrown { throw thrown }
        return source
    }

    /// All spectra of the file at `path`, in the order of the file; see ``read(path:into:)``.
    public static func spectra(path: String) throws(SpectrumFileError) -> [Spectrum] {
        var spectra: [Spectrum] = []
        _ = try visit(path: path, { _ in }) {
            spectra.append($0)
            return true
        }
        return spectra
    }

    /// Shows `body` each spectrum until it returns false.
    private static func visit(
        path: String, _ progress: (Double) -> Void, _ body: (Spectrum) -> Bool
    ) throws(SpectrumFileError) -> SpectrumSource {
        let source = try ByteSource(path: path)
        var isEmpty = true
        func show(_ spectrum: Spectrum) -> Bool {
            isEmpty = false
            progress(source.fractionRead)
            return body(spectrum)
        }
        let format = try SpectrumFormat(of: source)
        let file = try format.read(source, into: show)
        guard !isEmpty else {
            throw SpectrumFileError(
                path: path,
                message: format == .mzML ? "the file holds no MS2 spectrum" : "the file holds no spectrum")
        }
        return file
    }
}
