"""The joint report: what stands first is what speaks against us."""


def significant(value: float) -> str:
    """Three significant figures without an exponent, thousands separated."""
    if value >= 100:
        return f"{round(value, 3 - len(str(int(value)))):,.0f}"
    return f"{float(f'{value:.3g}'):g}"


def duration(nanoseconds: float) -> str:
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size:
            return f"{significant(nanoseconds / size)} {unit}"
    return f"{significant(nanoseconds)} ns"


def markdown(machine: dict, case, ours: dict, bench: list[dict], rows: list[dict]) -> str:
    kernels = [row for row in bench if not row["name"].startswith("ckks.")]
    operations = [row for row in bench if row["name"].startswith("ckks.") and "object" not in row]
    peer_operations = [row for row in rows if row["table"] == "operations"]
    parts = [
        "# MassSpecFHE and its peers",
        "",
        f"{machine['cpu']}, {machine['clockGHz']:.2f} GHz measured, {machine['memoryReadGBs']:.0f} GB/s read by one core; "
        f"{machine['os']}; commit {machine['commit']}{' with changes' if machine.get('dirty') else ''}.",
        f"{case.name}: {len(case.library):,} library spectra, {len(case.queries):,} queries, vectors of "
        f"{case.dimension}. One thread each, in one run.",
        "",
        "## First of all",
        "",
        *(f"- {line}" for line in honest_lines(ours, kernels, rows)),
        "",
        "## Plaintext: the host sees the spectra",
        "",
        *table([row for row in rows if row["table"] == "plaintext"], ours),
        "",
        "## Encrypted: the host sees nothing",
        "",
        *table([our_row(ours, machine, case)] + [row for row in rows if row["table"] == "encrypted"], ours),
        "",
        "Each time is the fastest of several, over pairs of a query and a library spectrum. \"Against ours\" is the time of a "
        "pair over that of encrypted batch search. Our vectors hold the precursor (encrypted); accuracies of peers without a "
        "precursor filter rest on less. What was compared, and what was checked in the run:",
        "",
        *(f"- {row['peer']}: {row['method']}; {row['checked']}." for row in rows if "checked" in row),
        "",
        "## Exact similarities: ours against theirs",
        "",
        *agreement_table([row for row in rows if row["table"] == "agreement"]),
        "",
        "Of each query and its best hit, from the same peaks; peaks match within 0.02 Da.",
        "",
        "## Encrypted arithmetic: one operation at the highest level",
        "",
        *operation_table(operations, peer_operations, machine),
        "",
        "Primes of Q + special primes, and log2 of their product. Precision is -log2 of the root mean square of the "
        "error of a slot on the unit circle, as decryption found it after the operation. \"Against ours\" compares with "
        "our row of as many primes where there is one, and else with the other, which has fewer levels. TenSEAL's are "
        "single calls of the SEAL inside it, which is without HEXL; encode and decode convert lists of Python's numbers "
        "within their time. Results are as they are serialized.",
        "",
    ]
    return "\n".join(parts)


def per_pair(row: dict) -> float:
    return row["nanoseconds"] / row["pairs"]


def our_pair(ours: dict) -> float:
    return ours["nanoseconds"] / (ours["rows"] * ours["queries"])


def honest_lines(ours: dict, kernels: list[dict], rows: list[dict]):
    flash = [row for row in rows if row["package"] == "ms_entropy" and "pairs" in row]
    if flash:
        times = ", ".join(f"{duration(per_pair(row) * ours['rows'])} ({row['peer'].split(', ')[-1]})" for row in flash)
        yield (f"Sparse plaintext search (Flash entropy) is the real rival in throughput: a query takes it {times}; "
               f"encrypted batch search takes {duration(our_pair(ours) * ours['rows'])} a query, in batches of 1,024, and its "
               f"answer to a query is {ours['bytesDown'] / ours['queries'] / 1e3:,.0f} kB of scores to download and decrypt.")
    else:
        yield "Flash entropy, the real rival in throughput, was not measured; see its row."
    times = {kernel["name"]: kernel["nanoseconds"] / (kernel["rows"] * kernel["dimension"] * kernel["columns"])
             for kernel in kernels}
    if {"gemm.modular", "gemm.plaintext8"} <= times.keys():
        yield (f"A plaintext product of bytes is {times['gemm.modular'] / times['gemm.plaintext8']:.1f} times faster than one "
               f"encrypted component, and a search computes two. The ratio to sgemm ({ours['ratioToSgemm']:.2f} here) compares "
               "with plaintext in single precision, as it is mostly done.")


def our_row(ours: dict, machine: dict, case) -> dict:
    compounds = [case.library[hit["row"]].compound == case.queries[hit["query"]].compound for hit in case.hits]
    return {
        "peer": f"MassSpecFHE batch search, {ours['backend']}", "version": machine["commit"],
        "pairs": ours["rows"] * ours["queries"], "nanoseconds": ours["nanoseconds"],
        "top1": sum(compounds) / len(compounds), "bytesUpPerQuery": ours["bytesUp"] / ours["queries"],
        "bytesDownPerScore": ours["bytesDown"] / (ours["rows"] * ours["queries"]),
    }


def operation_table(ours: list[dict], peers: list[dict], machine: dict):
    yield "| operation | N | | version | primes | log2 QP | precision | time | against ours | result |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for row in peers:
        if "problem" in row:
            yield f"| | | {row['peer']} | {row.get('version', '')} | {row['problem']} | | | | | |"
    for degree in sorted({row["n"] for row in ours}):
        for name in dict.fromkeys(row["name"] for row in ours):
            same = [row for row in ours if (row["n"], row["name"]) == (degree, name)]
            for row in same:
                yield operation_line(row, "MassSpecFHE, " + row["backend"], machine["commit"], "1")
            for row in peers:
                if (row.get("n"), row["name"]) == (degree, name):
                    nearest = min(same, key=lambda our: abs(our["primes"] - row["primes"]))
                    ratio = significant(row["nanoseconds"] / nearest["nanoseconds"])
                    yield operation_line(row, row["peer"], row["version"], ratio)


def operation_line(row: dict, who: str, version: str, ratio: str) -> str:
    size = f"{significant(row['bytesOnWire'] / 1e3)} kB" if "bytesOnWire" in row else ""
    return (f"| {row['name'].removeprefix('ckks.')} | {row['n']} | {who} | {version} | "
            f"{row['primes']} + {row['specialPrimes']} | {row['logQP']} | {row['precisionBits']:.1f} bits | "
            f"{duration(row['nanoseconds'])} | {ratio} | {size} |")


def agreement_table(rows: list[dict]):
    yield "| | version | score | pairs | mean difference | largest |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for row in rows:
        yield (f"| {row['peer']} | {row.get('version', '')} | {row['score']} | {row['agreementPairs']:,} | "
               f"{row['meanDifference']:.1e} | {row['largestDifference']:.1e} |")


def table(rows: list[dict], ours: dict):
    yield "| | version | a pair | pairs a second | against ours | top-1 | sent a query | answer a score |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for row in rows:
        name, version = row["peer"], row.get("version", "")
        if "pairs" not in row:
            yield f"| {name} | {version} | {row['problem']} | | | | | |"
            continue
        pair = per_pair(row)
        accuracy = f"{100 * row['top1']:.1f} %" if "top1" in row else ""
        if "top1Queries" in row:
            accuracy += f" ({row['top1Queries']} queries)"
        up = f"{row['bytesUpPerQuery'] / 1e3:,.1f} kB" if "bytesUpPerQuery" in row else ""
        down = f"{significant(row['bytesDownPerScore'])} B" if "bytesDownPerScore" in row else ""
        yield (f"| {name} | {version} | {duration(pair)} | {significant(1e9 / pair)} | {significant(pair / our_pair(ours))} | "
               f"{accuracy} | {up} | {down} |")
