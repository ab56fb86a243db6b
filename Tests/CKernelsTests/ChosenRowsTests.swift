import CKernels
import Testing

@Suite("Sums of chosen rows")
struct ChosenRowsTests {
    /// Sums that were there before grow by the rows of their set, whatever the shape; nothing else is written.
    @Test(
        "every set's sum is that of its rows", arguments: Backend.all,
        [(4, 32, 10), (8, 64, 40), (68, 32, 40), (132, 96, 20), (0, 32, 10)])
    func sums(backend: Backend, shape: (rows: Int, columns: Int, sets: Int)) {
        var generator = TestGenerator(seed: UInt64(shape.rows))
        let stride = shape.columns + 16
        let rows = (0..<shape.rows * stride).map { _ in UInt32.random(in: 0 ... .max, using: &generator) }
        let choices = (0..<shape.rows / 4 * shape.sets).map { _ in UInt8.random(in: 0..<16, using: &generator) }
        let before = (0..<shape.columns * shape.sets).map { _ in UInt32.random(in: 0 ... .max, using: &generator) }

        var expected = before
        for set in 0..<shape.sets {
            for column in 0..<shape.columns {
                let place = 32 * (column / 32 * shape.sets + set) + column % 32
                for row in 0..<shape.rows where choices[row / 4 * shape.sets + set] >> (row % 4) & 1 == 1 {
                    expected[place] &+= rows[row * stride + column]
                }
            }
        }
        let sums = Buffer(inPlace: before)
        withPointers(sums, Buffer(input: rows), Buffer(input: choices)) {
            backend.kernels.sum_chosen_rows($0, $1, stride, shape.rows, shape.columns, $2, shape.sets)
        }
        expect(sums, equals: expected, "\(shape)")
    }
}
