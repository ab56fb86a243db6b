"""Encrypted: CKKS inner products of one encrypted query with plaintext rows, the two ways that TenSEAL offers."""

from measuring import WrongResult, measure

PACKAGE = "tenseal"
TABLE = "encrypted"

DEGREE = 8192
MODULUS_BITS = [60, 40, 60]
SCORE_TOLERANCE = 1e-4
DOT_ROWS = 32
MATMUL_ROWS = DEGREE // 2  # as many as a ciphertext has slots


def rows(case):
    import numpy
    import tenseal

    context = tenseal.context(
        tenseal.SCHEME_TYPE.CKKS, poly_modulus_degree=DEGREE, coeff_mod_bit_sizes=MODULUS_BITS, n_threads=1)
    context.global_scale = 2**40
    context.generate_galois_keys()
    library, query = case.vectors("library"), case.vectors("queries")[0]
    encrypted = tenseal.ckks_vector(context, query.tolist())
    upload = len(encrypted.serialize())
    exact = library @ query

    def row(method, count, work, decrypted, download):
        error = float(numpy.abs(decrypted() - exact[:count]).max())
        if error > SCORE_TOLERANCE:
            raise WrongResult(f"{method}: error {error} of a score, more than {SCORE_TOLERANCE}")
        return {
            "peer": f"TenSEAL CKKS, {method}",
            "method": f"one encrypted query, plaintext rows, N = {DEGREE}, primes of {MODULUS_BITS} bits",
            "pairs": count,
            "bytesUpPerQuery": upload,
            "bytesDownPerScore": download() / count,
            "scoreError": error,
            "checked": f"all {count} scores equal numpy's within {SCORE_TOLERANCE}",
            **measure(work),
        }

    plain = [vector.tolist() for vector in library[:DOT_ROWS]]
    yield row(
        "dot", len(plain), lambda: [encrypted.dot(vector) for vector in plain],
        lambda: numpy.array([encrypted.dot(vector).decrypt()[0] for vector in plain]),
        lambda: len(encrypted.dot(plain[0]).serialize()) * len(plain))
    count = min(MATMUL_ROWS, len(library))
    matrix = library[:count].T.tolist()
    yield row(
        "matmul", count, lambda: encrypted.matmul(matrix),
        lambda: numpy.array(encrypted.matmul(matrix).decrypt()),
        lambda: len(encrypted.matmul(matrix).serialize()))
