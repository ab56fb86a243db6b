/// Why an operation on ciphertexts is refused.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
    case differentParameters
    case scaleMismatch(Double, Double)
    case packingMismatch(Packing, Packing)
    case notRelinearized(size: Int)
    case lowestLevel
    case level(primes: Int, available: Int)
    case depth(needed: Int, available: Int)
    case scaleOverflow(logScale: Double, logModulus: Double)
    case key(KeyError)
    case encoding(EncodingError)
    case matrix(MatrixError)
    case argument(String)

    /// One line that says what is wrong, and what would be right.
    public var description: String {
        switch self {
        case .differentParameters: "the operands belong to different parameters"
        case .scaleMismatch(let x, let y):
            "operands at the scales \(x) and \(y), which are not equal: multiply or rescale one of them to the other's scale"
        case .packingMismatch(let x, let y): "operands packed as \(x) and \(y): both must be packed alike"
        case .notRelinearized(let size):
            "a ciphertext of \(size) polynomials: relinearise it first"
        case .lowestLevel: "one prime is left, so the ciphertext cannot be rescaled: begin with more primes"
        case .level(let primes, let available):
            "a level of \(primes) primes, where there are \(available): it must be from 1 to that"
        case .depth(let needed, let available):
            "\(needed) levels are needed, where \(available) are left: begin with \(needed + 1) primes"
        case .scaleOverflow(let logScale, let logModulus):
            "a scale of 2^\(rounded(logScale)) modulo 2^\(rounded(logModulus)): rescale first, or begin with more primes"
        case .key(let error): error.description
        case .encoding(let error): error.description
        case .matrix(let error): error.description
        case .argument(let text): text
        }
    }

    private func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
