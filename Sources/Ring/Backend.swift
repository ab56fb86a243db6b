import CKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One implementation of the kernels: a table of C functions for one instruction set.
///
/// The table is reached through a pointer, so that a call costs 2 ns; kernels work on whole rows, never on
/// single elements.
public struct Backend: @unchecked Sendable {
    /// The table, whose functions `CKernels.h` specifies: lengths, ranges and alignment are the caller's to keep.
    public let kernels: UnsafePointer<msfhe_kernels>

    /// The backend's name: `portable`, or the instruction set it needs.
    public var name: String { String(cString: kernels.pointee.name) }

    /// The backends that this machine's processor supports, the portable one first, the fastest last.
    public static let available: [Backend] = (0..<msfhe_backend_count()).map {
        Backend(kernels: msfhe_backend($0))
    }

    /// The backend in use: the one that the environment variable `MSFHE_BACKEND` names, else the fastest.
    ///
    /// A name that this machine does not have is refused by ``requireKnownSelection()``; a program that embeds
    /// the kernels without calling it gets the portable backend then.
    public static let selected: Backend = (try? selection(environmentValue)) ?? available[0]

    /// Checks that `MSFHE_BACKEND`, when set, names a backend of this machine.
    public static func requireKnownSelection() throws(BackendError) {
        _ = try selection(environmentValue)
    }

    static func selection(_ name: String?) throws(BackendError) -> Backend {
        guard let name else { return available[available.count - 1] }
        guard let backend = available.first(where: { $0.name == name }) else {
            throw BackendError(requested: name, available: available.map(\.name))
        }
        return backend
    }

    private static var environmentValue: String? {
        guard let value = getenv("MSFHE_BACKEND"), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}

/// `MSFHE_BACKEND` names a backend that this machine does not have.
public struct BackendError: Error, CustomStringConvertible {
    /// The name that was asked for.
    public let requested: String
    /// The names that this machine offers.
    public let available: [String]

    /// One line that says what is wrong.
    public var description: String {
        "MSFHE_BACKEND is '\(requested)', which this machine or build does not have; "
            + "it has \(available.joined(separator: ", "))"
    }
}
