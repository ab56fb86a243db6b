import Foundation
import RLWE
import Ring

/// Decrypts the records of an answer into scores.
package final class ScoreDecryption: Sendable {
    package let layout: AnswerLayout
    private let run: DecryptionRun
    private let queryScale: Double

    /// The decryption of the answers to `record`'s run, under `key`.
    package init(record: RunRecord, key: SecretKey) {
        guard let seed = record.seed else { preconditionFailure("batch runs have a seed") }
        layout = AnswerLayout(card: record.card, queryCount: record.queries.count)
        run = DecryptionRun(
            key: key, nonce: record.nonce, seed: seed, parameters: record.card.parameters,
            columns: record.queries.count)
        queryScale = Double(record.card.content.scaling.queryScale)
    }

    /// Writes the scores of one library row, one for each query, to `scores`: raw, with their noise, for the key
    /// holder's eyes only.
    ///
    /// - Parameters:
    ///   - record: the row's part of the answer.
    ///   - rowScale: the scale of the row's entry.
    package func decrypt(
        record: UnsafeRawPointer, rowScale: Double, into scores: UnsafeMutableBufferPointer<Float>
    ) {
        let bytes = record.assumingMemoryBound(to: UInt8.self)
        let mask = AlignedBuffer<UInt32>(count: layout.degree)
        let body = AlignedBuffer<UInt32>(count: layout.queryCount)
        // A phase and its ciphertext give mask times secret away.
        let phases = AlignedBuffer<Int32>(count: layout.queryCount, lifetime: .wiped)
        func unpack(_ packed: UnsafePointer<UInt8>, _ count: Int, bits: Int, to residues: UnsafeMutablePointer<UInt32>)
        {
            PackedResidues.unpack(
                packed, count: count, bits: bits, logModulus: run.parameters.logModulus, into: residues)
        }
        unpack(bytes, layout.degree, bits: layout.precision.maskBits, to: mask.unsafeBase)
        var offset = layout.maskByteCount
        var first = 0
        for columns in Upload.batchSizes(layout.queryCount, degree: layout.degree) {
            unpack(bytes + offset, columns, bits: layout.precision.bodyBits, to: body.unsafeBase + first)
            offset += PackedResidues.byteCount(columns, bits: layout.precision.bodyBits)
            first += columns
        }
        phases.withUnsafeMutableBufferPointer { phases in
            mask.withUnsafeBufferPointer { mask in
                body.withUnsafeBufferPointer { body in run.phases(mask: mask, body: body, into: phases) }
            }
            let factor = Float(1 / (queryScale * rowScale))
            for query in phases.indices { scores[query] = Float(phases[query]) * factor }
        }
    }

    /// Decrypts `rowScales.count` consecutive records into a matrix with one row a library row.
    package func decrypt(
        records: UnsafeRawPointer, rowScales: ArraySlice<Double>, into scores: UnsafeMutablePointer<Float>, threads: Int
    ) {
        nonisolated(unsafe) let records = records
        nonisolated(unsafe) let scores = scores
        let queryCount = layout.queryCount
        parallelFor(rowScales.count, threads: threads) { row in
            self.decrypt(
                record: records + row * self.layout.recordByteCount,
                rowScale: rowScales[rowScales.startIndex + row],
                into: UnsafeMutableBufferPointer(start: scores + row * queryCount, count: queryCount))
        }
    }
}
