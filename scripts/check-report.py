#!/usr/bin/env python3
"""Checks a report of `msfhe validate --json` or `msfhe demo --json` against what the design promises."""

import argparse
import json
import sys

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("report")
parser.add_argument("--top1", type=float, required=True, help="least encrypted top-1 accuracy")
parser.add_argument("--agreement", type=float, required=True, help="least share of queries with the same best compound")
arguments = parser.parse_args()

with open(arguments.report, encoding="utf-8") as file:
    report = json.load(file)
accuracy, agreement = report["accuracy"], report["agreement"]
noise = agreement["noise"]
features = report["queries"] * report["dimension"]

promises = {
    f"encrypted top-1 {accuracy['encrypted']['top1']:.4f} >= {arguments.top1}":
        accuracy["encrypted"]["top1"] >= arguments.top1,
    f"top-1 encrypted and plaintext within {1.5 / report['queries']:.4f} or 0.002":
        abs(accuracy["encrypted"]["top1"] - accuracy["plaintext"]["top1"]) <= max(0.002, 1.5 / report["queries"]),
    f"same best compound {agreement['top1']:.4f} >= {arguments.agreement}": agreement["top1"] >= arguments.agreement,
    f"noise {noise['rms']:.2e} rms <= 7e-4": noise["rms"] <= 7e-4,
    f"noise {noise['max']:.2e} max <= 4.5e-3": noise["max"] <= 4.5e-3,
    f"noise within 5 % of the predicted {noise['predictedRms']:.2e}": abs(noise["rms"] / noise["predictedRms"] - 1) <= 0.05,
    f"quantisation {agreement['quantisation']['rms']:.2e} rms <= 1e-3": agreement["quantisation"]["rms"] <= 1e-3,
    f"upload {report['bytes']['upload'] / features:.3f} bytes a feature and query <= 3.2":
        report["bytes"]["upload"] <= 3.2 * features,
}
for promise, kept in promises.items():
    print(("kept    " if kept else "BROKEN  ") + promise)
sys.exit(0 if all(promises.values()) else 1)
