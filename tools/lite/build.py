"""JupyterLite beside the book: ``make lite`` writes ``_build/lite``, which `make book` then links.

The application, Pyodide and all packages in pure Python are served from the book's own host.
Compiled packages (NumPy and what stands on it) are fetched from Pyodide's host when a reader's
cell imports them; the link to the application says so.

    python tools/lite/build.py <Python of the lite environment> <folder of the npm package pyodide>
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STAGE = ROOT / "_build/lite-stage"
OUT = ROOT / "_build/lite"
CORE = ["pyodide.mjs", "pyodide.js", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"]
# what the kernel and the chapters import; with all they need
NEEDED = [
    "micropip",
    "ipython",
    "jedi",
    "numpy",
    "matplotlib",
    "scikit-learn",
    "sympy",
    "tqdm",
    "pooch",
]
# pure packages that Pyodide does not have, with what they need of the others
ADDED = {
    "comm": ["traitlets"],
    "psygnal": [],
    "ipywidgets": ["comm", "ipython", "traitlets"],
    "anywidget": ["ipywidgets", "psygnal", "typing-extensions"],
    "lark": [],
    "mlpkit": ["numpy", "matplotlib", "anywidget", "lark", "myst-nb"],
    "myst-nb": ["ipython"],
}


def pip(*arguments: object) -> None:
    subprocess.run([sys.executable, "-m", "pip", "-q", *map(str, arguments)], check=True)


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(packages: dict[str, dict], names: list[str]) -> set[str]:
    found: set[str] = set()
    waiting = [normal(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name not in found and name in packages:
            found.add(name)
            waiting += map(normal, packages[name]["depends"])
    return found


def download(requirement: str, folder: Path) -> Path:
    """The pure wheel of a package, from the index that pip uses."""
    shutil.rmtree(folder, ignore_errors=True)
    pip("download", "--no-deps", "--only-binary=:all:", "--python-version", "3.14",
        "--platform", "any", "-d", folder, requirement)  # fmt: skip
    return next(folder.glob("*.whl"))


def locked(name: str) -> str:
    """A package in the version of the book's own lock file."""
    text = (ROOT / "requirements.lock").read_text()
    return re.search(rf"^{name}==[\w.]+", text, re.MULTILINE)[0]


def stub(folder: Path) -> Path:
    """A wheel named myst-nb that holds `glue` alone."""
    wheel = folder / "myst_nb-0+browser-py3-none-any.whl"
    info = "myst_nb-0+browser.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("myst_nb/__init__.py", (ROOT / "tools/lite/glue.py").read_text())
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: myst-nb\nVersion: 0+browser\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return wheel


def distribution(npm: Path, target: Path) -> None:
    """Pyodide's core and our pure packages; what is compiled keeps Pyodide's own address."""
    target.mkdir(parents=True)
    for name in [*CORE, "package.json"]:
        shutil.copy(npm / name, target)
    version = json.loads((npm / "package.json").read_text())["version"]
    host = f"https://cdn.jsdelivr.net/pyodide/v{version}/full/"
    lock = json.loads((npm / "pyodide-lock.json").read_text())
    packages = {normal(name): package for name, package in lock["packages"].items()}
    wanted = closure(packages, NEEDED + [need for needs in ADDED.values() for need in needs])
    spare = STAGE / "download"
    for name, package in packages.items():
        pure = package["file_name"].endswith("none-any.whl")
        if name in wanted and pure and name not in ADDED:
            wheel = download(f"{package['name']}=={package['version']}", spare)
            shutil.copy(wheel, target / wheel.name)
            package["file_name"] = wheel.name
            package["sha256"] = hashlib.sha256(wheel.read_bytes()).hexdigest()
        else:
            package["file_name"] = host + package["file_name"]
    for name, needs in ADDED.items():
        if name == "mlpkit":
            source = STAGE / "source"  # the build would leave its own folders in ours
            for folder in ("mlpkit", "texcheck"):
                shutil.copytree(ROOT / folder, source / folder)
            for file in ("pyproject.toml", "README.md", "LICENSE"):
                shutil.copy(ROOT / file, source)
            pip("wheel", "--no-deps", "--no-build-isolation", "-w", spare, source)
            wheel = next(spare.glob("mlpkit-*.whl"))
        elif name == "myst-nb":
            wheel = stub(spare)
        else:
            wheel = download(locked(name), spare)
        shutil.copy(wheel, target / wheel.name)
        members = zipfile.ZipFile(wheel).namelist()
        tops = {member.partition("/")[0] for member in members if member.endswith("/__init__.py")}
        packages[name] = {
            "name": name, "version": wheel.name.split("-")[1], "file_name": wheel.name,
            "install_dir": "site", "package_type": "package", "unvendored_tests": False,
            "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
            "imports": sorted(tops), "depends": needs,
        }  # fmt: skip
    lock["packages"] = packages
    (target / "pyodide-lock.json").write_text(json.dumps(lock))


def main(python: Path, npm: Path) -> None:
    shutil.rmtree(STAGE, ignore_errors=True)
    shutil.rmtree(OUT, ignore_errors=True)
    distribution(npm, STAGE / "static/pyodide")
    chapters = STAGE / "files/chapters"
    chapters.mkdir(parents=True)
    for pattern in ("[0-9]*.ipynb", "*.md"):  # claims read the equations of all pages
        for page in (ROOT / "chapters").glob(pattern):
            shutil.copy(page, chapters)
    kernel = {"disablePyPIFallback": True}  # nothing is asked of another host but compiled wheels
    settings = {"litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": kernel}}
    (STAGE / "jupyter-lite.json").write_text(
        json.dumps({"jupyter-lite-schema-version": 0, "jupyter-config-data": settings})
    )
    comm = next((STAGE / "static/pyodide").glob("comm-*.whl"))
    subprocess.run(
        [python, "-m", "jupyterlite_core", "build", "--lite-dir", STAGE, "--output-dir", OUT,
         "--no-sourcemaps", "--piplite-wheels", comm],
        check=True, cwd=STAGE,
    )  # fmt: skip
    size = sum(path.stat().st_size for path in OUT.rglob("*") if path.is_file())
    print(f"Python in the browser is in {OUT}, {size / 1e6:.0f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), Path(sys.argv[2]))
