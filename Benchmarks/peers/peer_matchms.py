"""Plaintext: matchms, the cosine that most chemists use, pair by pair."""

from measuring import WrongResult, measure

PACKAGE = "matchms"
TABLE = "plaintext"

TOLERANCE = 0.01  # Da
MEASURED_PAIRS = 50_000
OUR_TOLERANCE = 0.02  # Da, of our exact similarities
WEIGHTS = {"cosine-mzmine": (0, 0.5), "cosine-massbank": (2, 0.5), "cosine-nist": (3, 0.6)}  # powers of m/z and intensity
ACCURACY_PAIRS = 2_000_000  # a minute: the accuracy is that of as many queries as this allows


def rows(case):
    import numpy
    from matchms import Spectrum
    from matchms.similarity import CosineGreedy

    def converted(spectrum):
        peaks = numpy.array(spectrum.peaks)
        return Spectrum(mz=peaks[:, 0], intensities=peaks[:, 1], metadata={}, metadata_harmonization=False)

    library = [converted(spectrum) for spectrum in case.library]
    queries = [converted(spectrum) for spectrum in case.queries[:max(1, ACCURACY_PAIRS // len(library))]]
    similarity = CosineGreedy(tolerance=TOLERANCE, intensity_power=0.5)

    def scores(query):
        return numpy.array([similarity.pair(reference, query)["score"] for reference in library])

    measured = queries[:max(1, MEASURED_PAIRS // len(library))]
    timing = measure(lambda: [scores(query) for query in measured])
    if abs(similarity.pair(library[0], library[0])["score"] - 1) > 1e-6:
        raise WrongResult("a spectrum is not of similarity 1 to itself")
    correct = [case.top1(number, scores(query)) for number, query in enumerate(queries)]
    yield {
        "peer": "matchms CosineGreedy",
        "method": f"cosine of square roots pair by pair, {TOLERANCE} Da, no precursor filter",
        "pairs": len(library) * len(measured),
        "top1": sum(correct) / len(correct),
        "top1Queries": len(queries),
        "checked": "a spectrum has similarity 1 to itself",
        **timing,
    }
    every = [converted(spectrum) for spectrum in case.queries]
    for name, (mz_power, intensity_power) in WEIGHTS.items():
        weighted = CosineGreedy(tolerance=OUR_TOLERANCE, mz_power=mz_power, intensity_power=intensity_power)
        yield {"peer": f"matchms CosineGreedy, (m/z)^{mz_power} I^{intensity_power}",
               **case.agreement(name, lambda query, row: float(weighted.pair(library[row], every[query])["score"]))}
