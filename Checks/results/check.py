#!/usr/bin/env python3
"""Reads the results of a run with other people's software, and compares what it finds in them.

The folder holds run.mzML and its hits.tsv, hits.json, hits.mztab and features.tsv.
"""

import csv
import json
import pathlib
import sys

import jsonschema
from pyteomics import mass, mzml, mztab

COLUMNS = {
    "SML": ["SML_ID", "SMF_ID_REFS", "database_identifier", "chemical_formula", "smiles", "inchi", "chemical_name",
            "uri", "theoretical_neutral_mass", "adduct_ions", "reliability", "best_id_confidence_measure",
            "best_id_confidence_value", "abundance_assay[1]", "abundance_study_variable[1]",
            "abundance_variation_study_variable[1]"],
    "SMF": ["SMF_ID", "SME_ID_REFS", "SME_ID_REF_ambiguity_code", "adduct_ion", "isotopomer", "exp_mass_to_charge",
            "charge", "retention_time_in_seconds", "retention_time_in_seconds_start",
            "retention_time_in_seconds_end", "abundance_assay[1]"],
    "SME": ["SME_ID", "evidence_input_id", "database_identifier", "chemical_formula", "smiles", "inchi",
            "chemical_name", "uri", "derivatized_form", "adduct_ion", "exp_mass_to_charge", "charge",
            "theoretical_mass_to_charge", "spectra_ref", "identification_method", "ms_level",
            "id_confidence_measure[1]"],
}
MANDATORY = ["mzTab-version", "mzTab-ID", "software[1]", "quantification_method", "ms_run[1]-location",
             "ms_run[1]-scan_polarity[1]", "assay[1]", "assay[1]-ms_run_ref", "study_variable[1]",
             "study_variable[1]-assay_refs", "study_variable[1]-description", "cv[1]-label", "cv[1]-full_name",
             "cv[1]-version", "cv[1]-uri", "database[1]", "database[1]-prefix", "database[1]-version",
             "database[1]-uri", "small_molecule-quantification_unit", "small_molecule_feature-quantification_unit",
             "id_confidence_measure[1]"]


def table(path: pathlib.Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def references(cell: object) -> list[int]:
    return [int(part) for part in str(cell).split("|")]


def check_run(folder: pathlib.Path, document: dict) -> None:
    scans = list(mzml.read(str(folder / "run.mzML"), use_index=False))
    assert [scan["id"] for scan in scans] == [query["nativeID"] for query in document["queries"]]
    for scan, query in zip(scans, document["queries"]):
        assert abs(scan["scanList"]["scan"][0]["scan start time"] - query["retentionTime"]) < 1e-9
        ion = scan["precursorList"]["precursor"][0]["selectedIonList"]["selectedIon"][0]
        assert ion["selected ion m/z"] == query["precursorMZ"] and ion["charge state"] == query["charge"]


def check_mztab(folder: pathlib.Path, document: dict) -> None:
    read = mztab.MzTab(str(folder / "hits.mztab"), table_format="df")
    assert (read.variant, read.version) == ("M", "2.0.0-M")
    order = [name for name in read.metadata if name in MANDATORY]
    assert order == MANDATORY, order
    assert read.metadata["ms_run[1]-hash"] == document["source"]["sha256"]
    tables = dict(read.items())
    for name, columns in COLUMNS.items():
        found = list(tables[name].columns)
        assert found[:len(columns)] == columns, found
        assert all(column.startswith(("opt_", "id_confidence_measure[")) or column == "rank"
                   for column in found[len(columns):]), found
    evidence, features, molecules = tables["SME"], tables["SMF"], tables["SML"]

    hits = [(query, hit) for feature in document["features"] for index in feature["queries"]
            for query in [document["queries"][index]] for hit in query["hits"]]
    assert len(evidence) == len(hits)
    for (_, row), (query, hit) in zip(evidence.iterrows(), hits):
        assert row["spectra_ref"] == "ms_run[1]:" + query["nativeID"]
        assert abs(row["id_confidence_measure[1]"] - hit["score"]) < 1e-9 and row["chemical_name"] == hit["name"]
    assert len(features) == len(document["features"])
    for (_, row), feature in zip(features.iterrows(), document["features"]):
        lines = evidence[evidence["SME_ID"].isin(references(row["SME_ID_REFS"]))]
        assert set(lines["spectra_ref"]) == {
            "ms_run[1]:" + document["queries"][index]["nativeID"] for index in feature["queries"]}
    assert sorted(sum((references(row) for row in molecules["SMF_ID_REFS"]), [])) == list(features["SMF_ID"])
    for _, row in molecules.iterrows():
        exact = mass.calculate_mass(formula=row["chemical_formula"])
        assert abs(exact - float(row["theoretical_neutral_mass"])) < 1e-4, row["chemical_formula"]


def main(folder: pathlib.Path, schema: pathlib.Path) -> None:
    document = json.loads((folder / "hits.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, json.loads(schema.read_text(encoding="utf-8")))
    lines = table(folder / "hits.tsv")
    hits = [(query, hit) for query in document["queries"] for hit in query["hits"]]
    assert len(lines) == len(hits) > 0
    for line, (query, hit) in zip(lines, hits):
        assert line["native_id"] == query["nativeID"] and line["usi"] == query["usi"] and line["name"] == hit["name"]
    assert len(table(folder / "features.tsv")) == len(document["features"])
    check_run(folder, document)
    check_mztab(folder, document)
    print(f"{len(hits)} hits and {len(document['features'])} features read back from TSV, JSON and mzTab-M")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
