import RLWE

/// Why bytes are no object of CKKS, or not the one that is wanted.
public enum WireError: Error, Equatable, CustomStringConvertible {
    case unreadable(String)
    case truncated(count: Int, missing: Int)
    case tooLong(count: Int)
    case noObject
    case version(Int)
    case kind(Int, wanted: WireKind)
    case otherParameters(own: String)
    case field(String, value: String, right: String)
    case residue(UInt64, prime: UInt64)
    case damaged
    case insecure
    case parameters(ParametersError)

    /// One line that says what is wrong, and what would be right.
    public var description: String {
        switch self {
        case .unreadable(let reason): "the object cannot be read: \(reason)"
        case .truncated(let count, let missing):
            "the object is cut short: it ends after \(count) bytes, and by its header \(missing) or more should follow"
        case .tooLong(let count): "bytes follow the object: it should end after \(count)"
        case .noObject: "this is no serialized object of CKKS: it does not begin as one does"
        case .version(let version):
            "the object has version \(version) of the wire format; this program reads version \(WireFormat.version)"
        case .kind(let kind, let wanted):
            "this is \(WireKind(rawValue: UInt16(kind))?.name ?? "an object of unknown kind \(kind)"), "
                + "but \(wanted.name) is wanted here"
        case .otherParameters(let own):
            "the object belongs to other parameters than \(own): make it with these, or read it with its own"
        case .field(let name, let value, let right): "the object's \(name) is \(value): it must be \(right)"
        case .residue(let value, let prime):
            "the object has the residue \(value) modulo \(prime): residues must be below their prime"
        case .damaged: "the object is damaged: it does not end with the SHA-256 of its content; copy or make it again"
        case .insecure: "the object holds insecure parameters, which are for tests only: take a secure set"
        case .parameters(let error): "the object's parameters are refused: \(error)"
        }
    }
}
