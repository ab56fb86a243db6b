import CGMP
import COpenBLAS
import CZlib

/// The versions of the C libraries that the program runs with.
public enum LibraryVersions {
    /// GNU MP.
    package static var gmp: String { String(cString: __gmp_version) }
    /// OpenBLAS, with the way it was built and the core type it chose.
    public static var openblas: String {
        openblas_get_config().map { String(cString: $0).trimmingSuffix(" ") } ?? "OpenBLAS"
    }
    /// zlib.
    package static var zlib: String { String(cString: zlibVersion()) }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
