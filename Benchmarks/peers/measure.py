#!/usr/bin/env python3
"""Measures the peers on a case of msfhe-bench, in one run with msfhe-bench, and writes the joint report."""

import argparse
import importlib
import importlib.metadata
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import case as cases
import report

PEERS = ["peer_numpy", "peer_ms_entropy", "peer_matchms", "peer_tenseal", "peer_tenseal_operations"]
KERNELS = "gemm.plaintext8|dimension=512 columns=1024 logQ=24"
# Of encrypted arithmetic, what is as large as the peers' and within the same security table.
OPERATIONS = "primes=3 specialPrimes=1 logQP=196|n=16384 primes=8 specialPrimes=2|n=16384 primes=9 specialPrimes=2"
THREAD_VARIABLES = [
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "NUMEXPR_NUM_THREADS"]
CORE_TYPES = ["", "SKYLAKEX", "COOPERLAKE", "SAPPHIRERAPIDS", "ZEN", "HASWELL"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", required=True, help="the program msfhe-bench")
    parser.add_argument("--library", nargs="*", default=[], help="library spectra; simulated peptides when left out")
    parser.add_argument("--queries", nargs="*", default=[], help="query spectra")
    parser.add_argument("--json", help="write all rows here, one JSON object a line")
    parser.add_argument("--markdown", help="write the report here; standard output when left out")
    parser.add_argument("--probe-numpy", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.probe_numpy:
        print(numpy_seconds())
        return 0
    run_alone()
    with tempfile.TemporaryDirectory() as folder:
        measured = measure_case(arguments, pathlib.Path(folder))
    write(arguments, *measured)
    return 0 if all("wrong" not in row for row in measured[-1]) else 1


def run_alone() -> None:
    """One thread, one core, and the fastest kernels of numpy's BLAS: libraries read these when they are loaded."""
    if "MSFHE_PEERS_READY" not in os.environ:
        environment = dict(os.environ, MSFHE_PEERS_READY="1", **{name: "1" for name in THREAD_VARIABLES})
        set_core_type(environment, min(CORE_TYPES, key=lambda core: probe(environment, core)))
        os.execve(sys.executable, [sys.executable, *sys.argv], environment)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def set_core_type(environment: dict, core: str) -> None:
    environment.pop("OPENBLAS_CORETYPE", None)
    if core:
        environment["OPENBLAS_CORETYPE"] = core


def probe(environment: dict, core: str) -> float:
    """Seconds of a product with a core type of OpenBLAS; infinite where it does not run."""
    child = dict(environment)
    set_core_type(child, core)
    command = [sys.executable, __file__, "--bench", "", "--probe-numpy"]
    outcome = subprocess.run(command, env=child, capture_output=True, text=True, check=False)
    return float(outcome.stdout) if outcome.returncode == 0 else float("inf")


def numpy_seconds() -> float:
    try:
        import numpy
    except ImportError:
        return float("inf")
    a = numpy.ones((1024, 512), dtype=numpy.float32)
    best = float("inf")
    for _ in range(8):
        start = time.perf_counter()
        a @ a.T
        best = min(best, time.perf_counter() - start)
    return best


def measure_case(arguments, folder: pathlib.Path):
    note("msfhe-bench: encrypted search of the case")
    spectra = []
    if arguments.library:
        spectra = ["--library", *arguments.library, "--queries", *arguments.queries]
    subprocess.run([arguments.bench, "peer-case", "--out", folder, *spectra], check=True)
    note("msfhe-bench: kernels and operations")
    kernels = bench_rows(arguments.bench, KERNELS, folder)
    operations = [row for row in bench_rows(arguments.bench, OPERATIONS, folder) if row["name"].startswith("ckks.")]
    case = cases.load(folder)
    rows = [row for name in PEERS for row in peer_rows(importlib.import_module(name), case)]
    machine, ours = case.rows
    return machine, case, ours, kernels + operations, rows


def bench_rows(bench: str, selection: str, folder: pathlib.Path) -> list[dict]:
    """What msfhe-bench measures of the rows that `selection` keeps."""
    path = folder / "bench.jsonl"
    subprocess.run([bench, "--filter", selection, "--json", path], check=True, stdout=subprocess.DEVNULL)
    return cases.lines(path)[1:]


def peer_rows(peer, case: cases.Case) -> list[dict]:
    """What a peer measured, or one row that says why there is nothing."""
    base = {"name": "peer", "package": peer.PACKAGE, "table": peer.TABLE, "threads": 1}
    if peer.TABLE != "operations":  # those do not depend on the case
        base |= {"library": case.name, "rows": len(case.library), "dimension": case.dimension,
                 "queries": len(case.queries)}
    failure = installation_failure(peer.PACKAGE)
    if failure:
        return [{**base, "peer": peer.PACKAGE, "problem": f"not installed: {failure}"}]
    note(f"{peer.PACKAGE}: {peer.__doc__}")
    base["version"] = importlib.metadata.version(peer.PACKAGE)
    try:
        return [{**base, **row} for row in peer.rows(case)]
    except Exception as error:  # whatever a peer throws is its row, and the others go on
        return [{**base, "peer": peer.PACKAGE, "problem": f"failed: {type(error).__name__}: {error}", "wrong": True}]


def installation_failure(package: str) -> str:
    outcomes = pathlib.Path(sys.prefix) / "peers.json"
    noted = json.loads(outcomes.read_text()).get(package, "") if outcomes.exists() else ""
    if noted:
        return noted
    try:
        importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not in this environment"
    return ""


def write(arguments, machine: dict, case: cases.Case, ours: dict, bench: list[dict], rows: list[dict]) -> None:
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            for row in [machine, ours, *bench, *rows]:
                file.write(json.dumps(row) + "\n")
    text = report.markdown(machine, case, ours, bench, rows)
    if arguments.markdown:
        pathlib.Path(arguments.markdown).write_text(text, encoding="utf-8")
    else:
        print(text)


def note(message: str) -> None:
    print(message, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
