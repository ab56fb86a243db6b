"""Plaintext: Flash entropy search, a sparse index of peaks; the real rival in throughput."""

from measuring import WrongResult, measure

PACKAGE = "ms_entropy"
TABLE = "plaintext"

PEAK_TOLERANCE = 0.02  # Da, the width of a bin of the vectors
PRECURSOR_TOLERANCE = 0.01  # Da, the width of the vectors' precursor kernel
QUERIES = 256  # measured; enough for a steady mean
CHECKED = 8


def rows(case):
    import numpy
    from ms_entropy import FlashEntropySearch, calculate_entropy_similarity, clean_spectrum

    def cleaned(spectrum):
        peaks = numpy.array(spectrum.peaks, dtype=numpy.float32)
        return clean_spectrum(peaks, min_ms2_difference_in_da=2.5 * PEAK_TOLERANCE)

    library = [
        {"row": row, "precursor_mz": spectrum.precursor or 0.0, "peaks": cleaned(spectrum)}
        for row, spectrum in enumerate(case.library)
    ]
    index = FlashEntropySearch(max_ms2_tolerance_in_da=1.2 * PEAK_TOLERANCE)
    largest = max(spectrum.peaks[-1][0] for spectrum in case.library)
    # The index sorts the library; it returns the spectra in the order of its scores.
    order = [entry["row"] for entry in index.build_index(
        library, max_indexed_mz=largest + 1, clean_spectra=False)]
    queries = [(spectrum.precursor or 0.0, cleaned(spectrum)) for spectrum in case.queries]

    def every(query):
        return index.open_search(peaks=query[1], ms2_tolerance_in_da=PEAK_TOLERANCE)

    def filtered(query):
        return index.identity_search(
            precursor_mz=query[0], peaks=query[1], ms1_tolerance_in_da=PRECURSOR_TOLERANCE,
            ms2_tolerance_in_da=PEAK_TOLERANCE)

    def in_rows(scores):
        by_row = numpy.empty_like(scores)
        by_row[order] = scores
        return by_row

    for query in queries[:CHECKED]:
        scores = in_rows(every(query))
        best = int(scores.argmax())
        pair = calculate_entropy_similarity(
            query[1], library[best]["peaks"], ms2_tolerance_in_da=PEAK_TOLERANCE, clean_spectra=False)
        if abs(pair - scores[best]) > 1e-3:
            raise WrongResult(f"row {best}: {scores[best]} through the index, {pair} pair by pair")
    for name, search in (("no precursor filter", every), (f"precursor within {PRECURSOR_TOLERANCE} Da", filtered)):
        correct = [case.top1(number, in_rows(search(query))) for number, query in enumerate(queries)]
        measured = queries[:QUERIES]
        yield {
            "peer": f"Flash entropy (MSEntropy), {name}",
            "method": "spectral entropy similarity through a sparse index",
            "pairs": len(library) * len(measured),
            "top1": sum(correct) / len(correct),
            "checked": f"the best of {CHECKED} queries has the similarity computed pair by pair",
            **measure(lambda: [search(query) for query in measured]),
        }
    yield {
        "peer": "MSEntropy calculate_entropy_similarity",
        **case.agreement("entropy", lambda query, row: float(calculate_entropy_similarity(
            queries[query][1], library[row]["peaks"], ms2_tolerance_in_da=PEAK_TOLERANCE, clean_spectra=False))),
    }
