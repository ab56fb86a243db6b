/// The order of the rows of an interactive index: ascending precursors, spectra without one last, equal ones as they stand
/// among the library's entries.
///
/// Entries and the index of batch search keep the order in which spectra were added, so whoever has the entries has
/// this order, too.
package struct PrecursorOrder: Sendable {
    /// For each row of the interactive index, the row of the library.
    package let rows: [Int]

    /// The order of a library whose spectra have these precursors.
    package init(_ precursors: [Double?]) {
        let keys = precursors.map { $0 ?? .infinity }
        rows = keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
    }
}
