"""Run the notebooks again and compare: the gate for every commit, and the hunt for flaps."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from nbtools.refresh import CELL_TIMEOUT

ROOT = Path(__file__).resolve().parents[2]
# x86 processors of 2013 and 2008; names that this machine does not know are ignored
OLDER_PROCESSORS = {
    "Haswell": {
        "OPENBLAS_CORETYPE": "Haswell",
        "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL",
    },
    "Nehalem": {
        "OPENBLAS_CORETYPE": "Nehalem",
        "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL",
    },
}


def nbval_command(*paths: Path, timeout: float = CELL_TIMEOUT) -> list[str]:
    """The one line that compares stored with new outputs, in strict mode."""
    return [
        *(sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env"),
        f"--nbval-cell-timeout={timeout:g}",
        *("-q", "--color=no", "-p", "no:cacheprovider"),
        *(f"--rootdir={ROOT}", "-c", str(ROOT / "pyproject.toml")),
        *map(str, paths),
    ]


def verify(paths: list[Path]) -> int:
    """Re-execute and compare; returns pytest's exit code."""
    return subprocess.run(nbval_command(*paths), check=False).returncode


def flaps(paths: list[Path]) -> int:
    """Verify twice, then as two older processors; then see that no refresh changes a file."""
    refresh = [sys.executable, str(ROOT / "tools/notebooks.py"), "refresh", "--dry-run"]
    settings: dict[str, dict[str, str]] = {"this processor": {}, **OLDER_PROCESSORS}
    runs = [("nbval again", nbval_command(*paths), "this processor")]
    runs += [("nbval", nbval_command(*paths), name) for name in settings]
    runs += [("refresh", [*refresh, *map(str, paths)], name) for name in settings]
    table = []
    for what, command, name in runs:
        done = subprocess.run(command, check=False, env=os.environ | settings[name])
        table.append(f"{what:12} {name:15} {'FLAP' if done.returncode else 'same'}")
    print("\n".join(table))
    return int(any(line.endswith("FLAP") for line in table))
