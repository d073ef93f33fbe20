"""What a benchmark ran on: processor, cores, threads and the versions that matter."""

import importlib.metadata
import os
import platform
from pathlib import Path

import threadpoolctl

PACKAGES = ("mlpkit", "numpy", "scipy", "scikit-learn", "torch", "jax", "jaxlib")


def machine() -> dict[str, object]:
    """Return a description for the results' JSON."""
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            versions[package] = None
    blas = [p for p in threadpoolctl.threadpool_info() if p["user_api"] == "blas"]
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "blas": sorted({f"{p['internal_api']} {p['version']} {p['architecture']}" for p in blas}),
        "blas_threads": max((p["num_threads"] for p in blas), default=None),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": versions,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()
