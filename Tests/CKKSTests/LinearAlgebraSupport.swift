import Foundation
import Ring
import Testing

@testable import CKKS

extension Scheme {
    /// Decryption finds `expected` to the precision that the noise estimate predicts, within two bits; few slots have
    /// few errors to take a mean of.
    func expectPredicted(
        _ ciphertext: Ciphertext, _ expected: [Complex], within bits: Double? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let surplus = surplusBits(ciphertext, expected)
        #expect(
            isPredicted(surplus, slots: expected.count, within: bits ?? (expected.count > 16 ? 2 : 6)),
            "\(surplus) bits from the predicted \(ciphertext.precisionBits)", sourceLocation: sourceLocation)
    }
}

/// A square matrix, row by row, and its plaintext arithmetic.
struct Matrix {
    var rows: [[Complex]]

    init(_ rows: [[Complex]]) { self.rows = rows }

    /// The matrix of d rows whose entries `entry` gives.
    init(_ dimension: Int, _ entry: (Int, Int) -> Complex) {
        rows = (0..<dimension).map { row in (0..<dimension).map { entry(row, $0) } }
    }

    /// Rows one after the other: as matrices are packed.
    var entries: [Complex] { rows.flatMap { $0 } }

    /// Diagonal k: the entries at [j][j + k], indices modulo the number of rows.
    func diagonal(_ k: Int) -> [Complex] { rows.indices.map { rows[$0][($0 + k) % rows.count] } }

    static func * (matrix: Matrix, vector: [Complex]) -> [Complex] {
        matrix.rows.map { row in zip(row, vector).reduce(Complex(0)) { $0 + $1.0 * $1.1 } }
    }

    static func * (x: Matrix, y: Matrix) -> Matrix {
        let columns = y.rows.indices.map { column in x * y.rows.map { $0[column] } }
        return Matrix(x.rows.count) { columns[$1][$0] }
    }
}

extension TestGenerator {
    /// Complex entries of which a row has a norm of about one.
    mutating func matrix(_ dimension: Int) -> Matrix {
        let magnitude = (1.5 / Double(dimension)).squareRoot()
        return Matrix((0..<dimension).map { _ in message(count: dimension, magnitude: magnitude) })
    }

    /// d x d entries on the unit circle, which fill their declared magnitude.
    mutating func unitMatrix(_ dimension: Int) -> Matrix {
        Matrix((0..<dimension).map { _ in unitSlots(dimension) })
    }
}
