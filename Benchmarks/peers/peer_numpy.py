"""Plaintext: all inner products of the same vectors by one call of numpy's BLAS."""

from measuring import WrongResult, measure

PACKAGE = "numpy"
TABLE = "plaintext"

# Noise and quantisation of an encrypted score together; see SearchCase.scoreTolerance.
SCORE_TOLERANCE = 0.015


def rows(case):
    import numpy

    library, queries = case.vectors("library"), case.vectors("queries")
    product = numpy.empty((len(library), len(queries)), dtype=numpy.float32)
    timing = measure(lambda: numpy.matmul(library, queries.T, out=product))
    best = product.max(axis=0)
    for hit in case.hits:
        exact = product[hit["row"], hit["query"]]
        if abs(hit["score"] - exact) > SCORE_TOLERANCE or hit["score"] < best[hit["query"]] - SCORE_TOLERANCE:
            raise WrongResult(f"query {hit['query']}: encrypted {hit['score']}, numpy {exact}, best {best[hit['query']]}")
    correct = [case.top1(query, product[:, query]) for query in range(len(queries))]
    yield {
        "peer": "numpy matmul, float32",
        "method": "inner products of the same vectors",
        "pairs": product.size,
        "top1": sum(correct) / len(correct),
        "checked": f"the best score of all {len(case.hits)} queries equals the encrypted one within {SCORE_TOLERANCE}",
        **timing,
    }
