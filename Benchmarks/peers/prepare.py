#!/usr/bin/env python3
"""Makes a virtual environment with the peers; notes for each whether it could be installed."""

import json
import pathlib
import subprocess
import sys
import venv

FOLDER = pathlib.Path(__file__).resolve().parent


def main(environment: pathlib.Path) -> None:
    python = environment / "bin" / "python"
    if not python.exists():
        venv.create(environment, with_pip=True)
    outcomes = {}
    for line in (FOLDER / "requirements.txt").read_text().splitlines():
        requirement = line.strip()
        if requirement and not requirement.startswith("#"):
            outcomes[requirement.split("==")[0]] = install(python, requirement)
    (environment / "peers.json").write_text(json.dumps(outcomes, indent=1))


def install(python: pathlib.Path, requirement: str) -> str:
    """Installs one requirement from a wheel; returns what went wrong, or an empty text."""
    print(f"installing {requirement}", file=sys.stderr)
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:",
               requirement]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    if outcome.returncode == 0:
        return ""
    lines = [line for line in outcome.stderr.splitlines() if line.startswith("ERROR")]
    return lines[-1].removeprefix("ERROR: ") if lines else "pip failed"


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
