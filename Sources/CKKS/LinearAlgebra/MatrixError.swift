/// Why numbers are no matrix that encrypted vectors can be multiplied with.
public enum MatrixError: Error, Equatable, CustomStringConvertible {
    case notSquare(row: Int, entries: Int, rows: Int)
    case diagonal(Int, entries: Int, slotCount: Int)
    case repeatedDiagonal(Int)
    case babySteps(Int)
    case tooManyTerms(Int, babySteps: Int)
    case dimension(Int, largest: Int)
    case differentLevels(Int, Int)

    /// The most diagonals in a giant step: as many products as one reduction sums.
    static let largestTermCount = 4096

    /// One line that says what is wrong, and what would be right.
    public var description: String {
        switch self {
        case .notSquare(let row, let entries, let rows):
            "row \(row) of a square matrix has \(entries) entries: it must have \(rows), as many as there are rows"
        case .diagonal(let index, let entries, let slotCount):
            "diagonal \(index) has \(entries) entries: it must have one for each of \(slotCount) slots"
        case .repeatedDiagonal(let index):
            "diagonal \(index) comes twice: indices count modulo the number of slots"
        case .babySteps(let count): "\(count) baby steps: there must be at least one"
        case .tooManyTerms(let count, let babySteps):
            "\(count) diagonals share a giant step of \(babySteps) baby steps, where \(Self.largestTermCount) may: "
                + "take fewer baby steps"
        case .dimension(let dimension, let largest):
            "matrices of \(dimension) rows: their number must be a power of two up to \(largest)"
        case .differentLevels(let x, let y):
            "matrices for levels of \(x) and \(y) primes: those applied together must be for one level"
        }
    }
}
