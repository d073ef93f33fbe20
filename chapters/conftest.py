"""What nbval leaves out: figures, the order of outputs, dead kernels, packages not installed."""

from __future__ import annotations

import time
from queue import Empty

import pytest
from nbtools import form, optional, pictures
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell

_get_message = RunningKernel.get_message


class KernelDied(Exception):
    """The process behind the notebook is gone."""


def get_message(self, stream, timeout=None):
    """Wait as nbval does, but look every second whether there is still someone to answer."""
    end = time.monotonic() + (timeout or 0)
    while True:
        try:
            return _get_message(self, stream, min(1, timeout or 1))
        except Empty:
            if not self.is_alive():
                raise KernelDied from None
            if timeout is not None and time.monotonic() >= end:
                raise


RunningKernel.get_message = get_message


_left_out = pytest.StashKey[list[str]]()


def pytest_collection_modifyitems(config, items):
    """Deselect the chapters that need an optional package where it is missing; never in CI."""
    paths = sorted({item.path for item in items if isinstance(item, IPyNbCell)})
    reasons = {path: reason for path in paths if (reason := optional.left_out(path))}
    if reasons and optional.must_run_all():
        raise pytest.UsageError(*reasons.values())
    gone = [item for item in items if item.path in reasons]
    if gone:
        items[:] = [item for item in items if item.path not in reasons]
        config.hook.pytest_deselected(items=gone)
    config.stash[_left_out] = list(reasons.values())


def pytest_terminal_summary(terminalreporter, config):
    for reason in config.stash.get(_left_out, []):
        terminalreporter.write_line(reason)


def pytest_sessionfinish(session, exitstatus):
    """Where nothing else was asked for, to leave it out is no failure."""
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and session.config.stash.get(_left_out, []):
        session.exitstatus = pytest.ExitCode.OK


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Name the cell as the notebook does: nbval counts code cells only, from 0."""
    report = yield
    if isinstance(item, IPyNbCell) and report.failed:
        report.longrepr = f"cell [{item.cell.get('id')}] of {item.path.name}: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    if not isinstance(item, IPyNbCell):
        return (yield)
    # nbval compares nothing in such a cell, so a cleared notebook would pass
    if item.cell.execution_count is None:
        item.raise_cell_error("the cell has never been run: refresh the notebook")
    try:
        result = yield
    except KernelDied:
        item.raise_cell_error("the kernel died in this cell")
    if item.options["check"] and (
        problem := difference(item.cell.outputs, item.test_outputs or [])
    ):
        item.raise_cell_error(problem)
    return result


def difference(stored, new):
    """Say how outputs differ that nbval holds equal; empty when they do not."""
    stored, new = _seen(stored), _seen(new)
    kinds, new_kinds = [kind for kind, _ in stored], [kind for kind, _ in new]
    if kinds != new_kinds:
        return f"order of outputs: stored {kinds}, new {new_kinds}"
    for number, ((_, a), (_, b)) in enumerate(zip(stored, new, strict=True)):
        if a.get("metadata", {}) != b.get("metadata", {}):
            return f"output {number}: metadata {dict(a.metadata)} stored, {dict(b.metadata)} new"
        if "image/png" in a.get("data", {}) and (
            problem := pictures.difference(a.data["image/png"], b.data["image/png"])
        ):
            return f"figure in output {number}: {problem}"
    return ""


def _seen(outputs):
    """Each output with its kind; a stream only where it first speaks, as nbval merges it."""
    seen = {}
    for number, output in enumerate(outputs):
        if output.output_type == "stream":
            seen.setdefault(output.name, (output.name, output))
        else:
            mimes = sorted(set(output.get("data", {})) - {form.WIDGET_VIEW})
            seen[number] = (" ".join([output.output_type, *mimes]), output)
    return list(seen.values())
