"""Change mlpkit in one place at a time and see that a test fails.

    python tools/mutants.py                 # every module below: an hour and a half on two cores
    python tools/mutants.py encoding graph  # only these

mutmut makes the mutants in the folder `mutants/`. One that no test notices must stand in
tests/mutants_survivors.json with the reason why it is no fault; any other fails the run.

Left out: `plots`, which is held by the chapters' figures, compared pixel by pixel; `claim_models`
and the explorers, which have mutants of their own kind, the claims' slips and the differences from
JavaScript.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LISTED = ROOT / "tests" / "mutants_survivors.json"
MODULES = (
    *("encoding", "activations", "information", "losses", "backprop", "mlp", "training"),
    *("gradcheck", "checks", "graph", "picture", "claims", "estimator", "datasets"),
)


def mutmut(*arguments: str) -> str:
    return subprocess.run(
        ["mutmut", *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout


def survivors(module: str) -> list[str]:
    """Return the names of the mutants of a module that no test noticed."""
    lines = mutmut("results").splitlines()
    states = (line.strip().rsplit(": ", 1) for line in lines if f"mlpkit.{module}." in line)
    return [name for name, state in states if state in ("survived", "no tests", "suspicious")]


def change(name: str) -> dict[str, str]:
    """Return where a mutant is and what it changes, without line numbers, which move."""
    diff = mutmut("show", name).splitlines()
    # x_function, x__function or xǁClassǁmethod
    where = name.split(".x", 1)[1].rsplit("__mutmut_", 1)[0].removeprefix("_")
    return {
        "where": where.removeprefix("ǁ").replace("ǁ", "."),
        "was": " ".join(
            line[1:].strip() for line in diff if line.startswith("-") and line[1:2] != "-"
        ),
        "is": " ".join(
            line[1:].strip() for line in diff if line.startswith("+") and line[1:2] != "+"
        ),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", default=MODULES)
    modules = parser.parse_args().modules
    listed = json.loads(LISTED.read_text("utf8"))
    unlisted = []
    for module in modules:
        if module not in MODULES:
            parser.error(f"module must be one of {', '.join(MODULES)}, got {module}")
        subprocess.run(["mutmut", "run", f"mlpkit.{module}.*"], cwd=ROOT, check=True)
        known = [{key: m[key] for key in ("where", "was", "is")} for m in listed.get(module, [])]
        found = [change(name) for name in survivors(module)]
        new = [m for m in found if m not in known]
        gone = sum(m not in found for m in known)
        print(f"{module}: {len(found)} survive, {len(new)} of them not listed; {gone} listed died")
        unlisted += [(module, m) for m in new]
    for module, m in unlisted:
        print(json.dumps({"module": module, **m}, ensure_ascii=False, indent=1))
    return 1 if unlisted else 0


if __name__ == "__main__":
    sys.exit(main())
