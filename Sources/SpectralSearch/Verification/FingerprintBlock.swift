import Ring

/// The products w = u^T L of a block of library rows with its vectors, and the vectors' weights.
struct FingerprintBlock: Sendable {
    /// For each vector the sum of the squares of the numbers of equal rows that it chooses.
    let weights: [Int]
    /// The products, `dimension` for each vector: centred remainders modulo 2^24.
    let products: SecretIntegers

    /// Integers that are wiped.
    typealias SecretIntegers = AlignedBuffer<Int32>

    private static var vectorCount: Int { FingerprintLayout.vectorCount }

    /// The products of `rows`, `dimension` entries each, with the vectors of `choices`.
    init(rows: UnsafeBufferPointer<Int8>, choices: RowChoices, dimension: Int) {
        let rowCount = rows.count / dimension
        let stride = (dimension + RowChoices.panelColumns - 1) / RowChoices.panelColumns * RowChoices.panelColumns
        // The last four rows may lack some.
        let words = AlignedBuffer<UInt32>(count: (rowCount + 3) * stride)
        for row in 0..<rowCount {
            for column in 0..<dimension {
                words.unsafeBase[row * stride + column] = UInt32(bitPattern: Int32(rows[row * dimension + column]))
            }
        }
        let sums = AlignedBuffer<UInt32>(count: Self.vectorCount * stride, lifetime: .wiped)
        choices.add(
            words.unsafeBase, stride: stride, first: 0, count: rowCount, columns: stride, to: sums.unsafeBase)
        products = SecretIntegers(count: Self.vectorCount * dimension, lifetime: .wiped)
        for vector in 0..<Self.vectorCount {
            for column in 0..<dimension {
                let sum = sums.unsafeBase[choices.place(set: vector, column: column)]
                products.unsafeBase[vector * dimension + column] = Int32(bitPattern: sum)
            }
        }
        weights = Self.weights(choices, kinds: Self.kinds(rows, dimension: dimension))
    }

    /// A number for each row; equal rows have the same one.
    private static func kinds(_ rows: UnsafeBufferPointer<Int8>, dimension: Int) -> [Int] {
        var numbers: [[Int8]: Int] = [:]
        return stride(from: 0, to: rows.count, by: dimension).map { start in
            let row = Array(rows[start..<start + dimension])
            let number = numbers[row] ?? numbers.count
            numbers[row] = number
            return number
        }
    }

    private static func weights(_ choices: RowChoices, kinds: [Int]) -> [Int] {
        (0..<vectorCount).map { vector in
            var chosen = [Int](repeating: 0, count: kinds.count)
            for (row, kind) in kinds.enumerated() { chosen[kind] += choices.membership(row, of: vector) }
            return chosen.reduce(0) { $0 + $1 * $1 }
        }
    }

    /// The block as its file has it, or nil when a weight or a product is none of `rowCount` rows of bytes.
    init?(encoded bytes: UnsafeRawBufferPointer, dimension: Int, rowCount: Int) {
        weights = (0..<Self.vectorCount).map { vector in
            Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * vector, as: UInt32.self)))
        }
        products = SecretIntegers(count: Self.vectorCount * dimension, lifetime: .wiped)
        var largest: Int32 = 0
        var offset = 4 * Self.vectorCount
        for index in 0..<products.count {
            // The upper three bytes, and the shift back down, are the centred remainder modulo 2^24.
            let upper =
                UInt32(bytes[offset]) << 8 | UInt32(bytes[offset + 1]) << 16 | UInt32(bytes[offset + 2]) << 24
            let product = Int32(bitPattern: upper) >> 8
            products.unsafeBase[index] = product
            largest = max(largest, abs(product))
            offset += FingerprintLayout.residueByteCount
        }
        guard weights.allSatisfy({ (0...rowCount * rowCount).contains($0) }), largest <= 128 * rowCount else {
            return nil
        }
    }

    /// The block as its file has it.
    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        for weight in weights { bytes.append(littleEndian: UInt32(weight)) }
        for index in 0..<products.count {
            let residue = UInt32(bitPattern: products.unsafeBase[index])
            for byte in 0..<UInt32(FingerprintLayout.residueByteCount) {
                bytes.append(UInt8(truncatingIfNeeded: residue >> (8 * byte)))
            }
        }
        return bytes
    }
}
