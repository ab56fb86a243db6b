"""The library and queries that every peer works on, as `msfhe-bench peer-case` wrote them."""

import json
import pathlib
from dataclasses import dataclass

from measuring import WrongResult

PRECURSOR_MARGIN = 1.5  # peaks above precursor + 1.5 Da are dropped, as in the vectors
LARGEST_MEAN_DIFFERENCE = 1e-3  # of similarities of the same peaks: roundings, and ties of greedy matching
NOISE = 0.01  # and peaks below 1 % of the base peak


@dataclass
class Spectrum:
    compound: str
    precursor: float | None
    peaks: list[list[float]]  # m/z and intensity, ascending, cleaned


@dataclass
class Case:
    name: str
    dimension: int
    library: list[Spectrum]
    queries: list[Spectrum]
    hits: list[dict]  # of each query the best row and its score by encrypted search
    exact: list[dict]  # of each query and its best row our similarities, from their peaks
    rows: list[dict]  # what msfhe-bench measured
    folder: pathlib.Path

    def vectors(self, name: str):
        """The float vectors of the library or the queries, one row each."""
        import numpy

        return numpy.fromfile(self.folder / f"{name}.f32", dtype="<f4").reshape(-1, self.dimension)

    def agreement(self, name: str, similarity) -> dict:
        """How far our similarity `name` is from `similarity` of the same pairs of a query and a library spectrum."""
        differences = [abs(pair[name] - similarity(pair["query"], pair["row"])) for pair in self.exact]
        mean, largest = sum(differences) / len(differences), max(differences)
        if mean > LARGEST_MEAN_DIFFERENCE:
            raise WrongResult(f"{name}: {mean} from the peer's in the mean")
        return {"table": "agreement", "score": name, "agreementPairs": len(differences),
                "meanDifference": mean, "largestDifference": largest}

    def top1(self, query: int, scores) -> float:
        """1 when the query's own compound has the best of all rows' scores alone, 1/2 when it shares it, else 0."""
        compounds = {self.library[row].compound for row in (scores == scores.max()).nonzero()[0]}
        if self.queries[query].compound not in compounds:
            return 0.0
        return 1.0 if len(compounds) == 1 else 0.5


def load(folder: pathlib.Path) -> Case:
    header = json.loads((folder / "case.json").read_text())
    return Case(
        name=header["name"],
        dimension=header["dimension"],
        library=[spectrum(line) for line in lines(folder / "library.jsonl")],
        queries=[spectrum(line) for line in lines(folder / "queries.jsonl")],
        hits=lines(folder / "hits.jsonl"),
        exact=lines(folder / "exact.jsonl"),
        rows=lines(folder / "results.jsonl"),
        folder=folder,
    )


def lines(path: pathlib.Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines() if line]


def spectrum(record: dict) -> Spectrum:
    """A spectrum, cleaned as for the vectors, so that every peer sees the same peaks."""
    precursor = record["precursor"]
    ceiling = float("inf") if precursor is None else precursor + PRECURSOR_MARGIN
    peaks = [peak for peak in record["peaks"] if peak[0] <= ceiling and peak[1] > 0]
    floor = NOISE * max(intensity for _, intensity in peaks)
    return Spectrum(record["compound"], precursor, [peak for peak in peaks if peak[1] >= floor])
