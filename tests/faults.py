"""Faults to plant in a chapter, each with its verdict: what must catch it, and saying what.

`python tests/faults.py` plants them all in `fixtures/chapter.ipynb` and prints what caught them.
"""

import base64
import io
import sys

import nbformat
from PIL import Image, ImageOps
from planting import FAULTS, fault, form, print_table


def _encode(picture: Image.Image, **options) -> str:
    file = io.BytesIO()
    picture.save(file, "png", **options)
    return base64.b64encode(file.getvalue()).decode()


# --- caught by nbval: what is stored is not what comes out -------------------------------------


@fault("nbval", "mismatch 'stdout'", cell="training")
def number_in_stdout_altered(chapter):
    output = chapter["training"].outputs[0]
    output.text = output.text.replace("1.7951", "1.7952")


@fault("nbval", "mismatch 'stdout'", cell="training")
def another_number_computed(chapter):
    chapter.replace("training", "{losses[-1]:", "{losses[-2]:")


@fault("nbval", "stderr", cell="training")
def warning_appears(chapter):
    chapter["training"].source += "\nimport warnings\n\nwarnings.warn('new', stacklevel=1)"


@fault("nbval", "stdout", cell="training")
def stored_output_deleted(chapter):
    chapter["training"].outputs = []


@fault("nbval", "AssertionError", cell="claim")
def equation_no_longer_holds(chapter):
    chapter.replace("claim", "x.sum() / x.size", "x.sum() / (x.size - 1)")


@fault("nbval", "AssertionError", cell="assert")
def assert_fails(chapter):
    chapter.replace("assert", "> 0", "< 0")


@fault("nbval", "KeyError", cell="assert")
def earlier_output_used(chapter):
    chapter["assert"].source += "\nOut[5]"


@fault("nbval", "mismatch 'text/plain'", cell="array")
def number_in_repr_altered(chapter):
    data = chapter["array"].outputs[0].data
    data["text/plain"] = data["text/plain"].replace("0.4181", "0.4182")


@fault("nbval", "NameError", cell="array")
def name_unknown(chapter):
    chapter["array"].source = "undefined_name"


@fault("nbval", "mismatch 'text/html'", cell="html")
def number_in_html_altered(chapter):
    chapter["html"].outputs[0].data["text/html"] = "<b>loss 1.796</b>"


@fault("nbval", "metadata", cell="html")
def output_metadata_altered(chapter):
    chapter["html"].outputs[0].metadata = {"text/html": {"isolated": True}}


@fault("nbval", "mismatch 'text/latex'", cell="latex")
def number_in_latex_altered(chapter):
    chapter["latex"].outputs[0].data["text/latex"] = r"$\mathcal{L} = 1.796$"


@fault("nbval", "pixels differ", cell="png")
def stored_png_swapped(chapter):
    data = chapter["png"].outputs[0].data
    picture = ImageOps.mirror(Image.open(io.BytesIO(base64.b64decode(data["image/png"]))))
    data["image/png"] = _encode(picture)


@fault("nbval", "pixels differ", cell="png")
def curve_reversed(chapter):
    chapter.replace("png", "plot(losses", "plot(losses[::-1]")


@fault("nbval", "pixels differ", cell="png")
def digit_in_figure_title_altered(chapter):
    chapter.replace("png", "losses[-1]:", "losses[-1] + 0.0001:")


@fault("nbval", "300x300", cell="png")
def figure_size_changed(chapter):
    chapter.replace("png", "figsize=(4, 3)", "figsize=(3, 3)")


@fault("nbval", "image/svg+xml", cell="svg")
def stored_svg_altered(chapter):
    data = chapter["svg"].outputs[0].data
    data["image/svg+xml"] = data["image/svg+xml"].replace('width="9"', 'width="8"')


@fault("nbval", "image/svg+xml", cell="svg")
def svg_drawn_otherwise(chapter):
    chapter.replace("svg", "20 * losses", "21 * losses")


@fault("nbval", "papermill.record/text/plain", cell="glue")
def glued_number_altered(chapter):
    chapter["glue"].outputs[0].data["application/papermill.record/text/plain"] = "'1.796'"


@fault("nbval", "metadata", cell="glue")
def glued_names_swapped(chapter):
    first, second = (output.metadata["scrapbook"] for output in chapter["glue"].outputs)
    first["name"], second["name"] = second["name"], first["name"]


@fault("nbval", "Missing output fields", cell="raises")
def expected_exception_gone(chapter):
    chapter.replace("raises", "np.zeros(3)", "np.zeros(2)")


@fault("nbval", "invalid literal for int", cell="raises")
def other_exception(chapter):
    chapter["raises"].source = "int('a')"


@fault("nbval", "mismatch 'evalue'", cell="raises")
def error_message_altered(chapter):
    output = chapter["raises"].outputs[0]
    output.evalue = output.evalue.replace("size 3", "size 4")
    output.traceback = [f"{output.ename}: {output.evalue}"]


@fault("nbval", "mismatch 'text/html'", cell="explorer")
def explorer_state_altered(chapter):
    data = chapter["explorer"].outputs[0].data
    data["text/html"] = data["text/html"].replace("1.529", "1.528")


@fault("nbval", "mismatch 'text/html'", cell="explorer")
def explorer_set_otherwise(chapter):
    chapter.replace("explorer", "{losses[1]:.3f}", "{losses[2]:.3f}")


@fault("nbval", "order of outputs", cell="order")
def outputs_reordered(chapter):
    chapter["order"].outputs.reverse()


@fault("nbval", "order of outputs", cell="order")
def kind_of_output_changed(chapter):
    chapter["order"].outputs[1] = nbformat.v4.new_output(
        "execute_result", chapter["order"].outputs[1].data, execution_count=13
    )


@fault("nbval", "AssertionError", cell="solution")
def solution_wrong(chapter):
    chapter.replace("solution", "[9:11]", "[9:12]")


@fault("nbval", "kernel died", cell="last")
def kernel_ends(chapter):
    chapter["last"].source = "import os\n\nos._exit(1)"


@fault("nbval", "Timeout", cell="last", loops=True)
def endless_loop(chapter):
    chapter["last"].source = "while True:\n    pass"


@fault("nbval", "Timeout", cell="last", loops=True)
def endless_loop_that_swallows_interrupts(chapter):
    chapter["last"].source = (
        "while True:\n    try:\n        while True:\n            pass\n"
        "    except BaseException:\n        pass"
    )


@fault("nbval", "Timeout", cell="last", loops=True)
def endless_print(chapter):
    chapter["last"].source = "while True:\n    print('x' * 100)"


# --- caught by check: run in order, whole, in the stored form -----------------------------------


@fault("check", "run as None, expected 4", cell="assert")
def cell_never_run(chapter):
    chapter["assert"].execution_count = None


@fault("check", "expected 1")
def all_outputs_cleared(chapter):
    for cell in chapter.notebook.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)


@fault("check", "run as 7, expected 5")
def run_out_of_order(chapter):
    chapter["array"].execution_count = chapter["array"].outputs[0].execution_count = 7


@fault("check", "empty code cell")
def cell_emptied(chapter):
    chapter["array"].source = ""


@fault("check", "raw cell")
def cell_made_raw(chapter):
    raw = nbformat.v4.new_raw_cell(chapter["assert"].source, id="assert")
    chapter.notebook.cells[chapter.notebook.cells.index(chapter["assert"])] = raw


@fault("check", "cells 18 -> 17")
def figure_cell_deleted(chapter):
    chapter.remove("png")


@fault("check", "figures 2 -> 1")
def figure_output_deleted(chapter):
    chapter["png"].outputs = []


@fault("check", "stderr")
def warning_stored(chapter):
    stderr = nbformat.v4.new_output("stream", name="stderr", text="RuntimeWarning: overflow\n")
    chapter["array"].outputs.insert(0, stderr)


@fault("check", "raises-exception go together")
def raises_tag_stale(chapter):
    chapter["array"].metadata["tags"] = ["raises-exception"]


@fault("check", "raises-exception go together")
def raises_tag_lost(chapter):
    del chapter["raises"].metadata["tags"]


@fault("check", "stored form")
def traceback_altered(chapter):
    chapter["raises"].outputs[0].traceback = ["ValueError: nothing to worry about"]


@fault("check", "not a picture")
def stored_png_garbage(chapter):
    chapter["png"].outputs[0].data["image/png"] = "bm90IGEgcGljdHVyZQ=="


@fault("check", "stored form")
def widget_id_stored(chapter):
    chapter["explorer"].outputs[0].data[form.WIDGET_VIEW] = {"model_id": "3f2a"}


@fault("check", "stored form")
def stream_split(chapter):
    outputs = chapter["training"].outputs
    outputs[0].text = "loss "
    outputs.append(nbformat.v4.new_output("stream", name="stdout", text="1.7951\n"))


@fault("check", "stored form")
def timings_stored(chapter):
    chapter["training"].metadata["execution"] = {"iopub.status.busy": "2026-11-20T12:00:00"}


@fault("check", "stored form")
def kernel_of_a_laptop(chapter):
    chapter.notebook.metadata.kernelspec.name = "my-laptop-conda"


@fault("check", "stored form")
def saved_by_another_editor(chapter):
    chapter.respell = lambda text: text.replace("\n ", "\n  ")


@fault("check", "not a notebook")
def file_cut_short(chapter):
    chapter.respell = lambda text: text[: len(text) // 2]


@fault("check", "stored form")
def id_used_twice(chapter):
    chapter.respell = lambda text: text.replace('"id": "order"', '"id": "glue"')


# --- caught by check: what switches the comparison off ------------------------------------------


@fault("check", "needs metadata 'reason'")
def output_ignored(chapter):
    number_in_stdout_altered(chapter)
    chapter["training"].metadata["tags"] = ["nbval-ignore-output"]


@fault("check", "ignored 0 -> 1")
def output_ignored_with_a_reason(chapter):
    output_ignored(chapter)
    chapter["training"].metadata["reason"] = "this number moves, or so they say"


@fault("check", "not allowed")
def cell_skipped(chapter):
    chapter["training"].metadata["tags"] = ["nbval-skip"]


@fault("check", "nbval comment")
def output_ignored_by_comment(chapter):
    chapter["training"].source = "# NBVAL_IGNORE_OUTPUT\n" + chapter["training"].source


@fault("check", "cannot replay clear_output")
def output_cleared_by_code(chapter):
    chapter["last"].source += "\nclear_output()"


@fault("check", "closing ';'")
def value_hidden_by_semicolon(chapter):
    chapter["array"].source += ";"


# --- caught by check: checks that are gone or cannot fail ----------------------------------------


@fault("check", "asserts 4 -> 2")
def assert_cell_deleted(chapter):
    chapter.remove("assert")


@fault("check", "vacuous assert: True")
def assert_true(chapter):
    chapter.replace("assert", "losses[0] > 0", "True")


@fault("check", "vacuous assert")
def assert_of_a_tuple(chapter):
    chapter.replace("assert", "losses[0] > 0", '(losses[0] > 0, "positive")')


@fault("check", "tolerance of 1000.0 checks nothing")
def tolerance_loosened(chapter):
    chapter.replace("assert", "rtol=1e-12", "rtol=1e3")


@fault("check", "tolerance of 1000000000.0 checks nothing")
def bound_loosened(chapter):
    chapter.replace("solution", "median == np.median(x)", "abs(median - np.median(x)) < 1e9")


@fault("check", "asserts 5 -> 4")
def manifest_altered(chapter):
    chapter.manifest["asserts"] += 1


@fault("check", "1.7951 typed in a printed string")
def code_replaced_by_its_output(chapter):
    chapter["training"].source = 'print("loss 1.7951")'


# --- caught by check: text that would flap or betray the machine ---------------------------------


def _say(chapter, text: str) -> None:
    chapter["array"].outputs[0].data["text/plain"] = text


@fault("check", "memory address")
def address_printed(chapter):
    _say(chapter, "<function f at 0x7f3a5c0d1e40>")


@fault("check", "absolute path")
def path_printed(chapter):
    _say(chapter, "/home/me/book/data.npz")


@fault("check", "negative zero")
def negative_zero_printed(chapter):
    _say(chapter, "array([-0.    ,  1.    ])")


@fault("check", "NumPy scalar")
def numpy_scalar_printed(chapter):
    _say(chapter, "np.float64(0.5)")


@fault("check", "more than 4 decimals")
def seventeen_digits_printed(chapter):
    _say(chapter, "0.30000000000000004")


@fault("check", "rounding residue")
def residue_printed(chapter):
    _say(chapter, "5.55e-17")


@fault("check", "1.795 typed in prose")
def number_typed_in_prose(chapter):
    chapter.replace("title", "{glue:text}`loss`", "1.795")


@fault("check", "97 % typed in prose")
def percentage_typed_in_prose(chapter):
    chapter["exercise"].source += " It is right for 97 % of them."


# --- caught by check: the book's conventions ------------------------------------------------------


@fault("check", "equation eq-mean has no claim")
def claim_removed(chapter):
    chapter["claim"].source = "x.mean()"


@fault("check", "equation eq-mean has no claim")
def claim_misspelt(chapter):
    chapter.replace("claim", "eq-mean", "eq-maen")
    chapter["claim"].outputs[0].text = "eq-maen: both sides agree\n"


@fault("check", "claim eq-mean has printed nothing")
def claim_never_reached(chapter):
    chapter["claim"].source = "if False:\n    " + chapter["claim"].source
    chapter["claim"].outputs = []


@fault("check", "equation eq-median has no claim")
def equation_without_claim(chapter):
    chapter["exercise"].source += "\n\n$$ m = x_{(10)} $$ (eq-median)"


@fault("check", "expected eq- and lower-case words")
def equation_label_malformed(chapter):
    chapter.replace("title", "(eq-mean)", "(mean)")


@fault("check", "equation eq-mean is also in")
def equation_label_twice(chapter):
    chapter["solution-end"].source += "\n\n$$ y = 1 $$ (eq-mean)"


@fault("check", "align numbers itself")
def numbered_without_a_label(chapter):
    chapter["title"].source += "\n\n\\begin{align}\na &= b\n\\end{align}"


@fault("check", "'S0-35' is not in the map")
def row_unknown(chapter):
    chapter["training"].metadata["rows"][0] = "S0-35"


@fault("check", "'S0-5' is not in the map")
def row_malformed(chapter):
    chapter["training"].metadata["rows"][0] = "S0-5"


@fault("check", "rows 3 -> 2")
def row_lost(chapter):
    chapter["training"].metadata["rows"].pop()


@fault("check", "metadata 'row' not allowed")
def row_key_misspelt(chapter):
    chapter["training"].metadata["row"] = chapter["training"].metadata.pop("rows")


@fault("check", "needs a sentence")
def alternative_text_removed(chapter):
    del chapter["png"].metadata["mystnb"]


@fault("check", "is a file name")
def alternative_text_is_a_file_name(chapter):
    chapter["svg"].metadata["mystnb"]["image"]["alt"] = "the_bar_of_the_last_loss_of_chapter_3.svg"


@fault("check", "typed in alternative text")
def number_in_alternative_text(chapter):
    chapter["png"].metadata["mystnb"]["image"]["alt"] += " and ends at 1.7951"


@fault("check", "one figure a cell")
def two_figures_in_a_cell(chapter):
    chapter["png"].outputs *= 2


@fault("check", "ex-median has no solution")
def solution_removed(chapter):
    chapter["exercise"].source = chapter["exercise"].source.split("```{solution-start}")[0]


@fault("check", "not folded")
def solution_unfolded(chapter):
    chapter.replace("exercise", ":class: dropdown\n", "")


@fault("check", "which is no exercise here")
def solution_to_nothing(chapter):
    chapter.replace("exercise", "{solution-start} ex-median", "{solution-start} ex-mean")


@fault("check", "not by its end")
def solution_never_ends(chapter):
    chapter.remove("solution-end")


@fault("check", "must be a code cell, run")
def solution_code_not_run(chapter):
    chapter["exercise"].source += "\n\n```python\nnp.median(x)\n```"


# --- harmless: nothing that a reader sees has changed --------------------------------------------


@fault("harmless", "the fifth decimal is not printed", cell="training")
def digit_below_the_printed_ones(chapter):
    chapter.replace("training", "{losses[-1]:", "{losses[-1] + 1e-7:")


@fault("harmless", "a comment changes no value", cell="array")
def comment_added(chapter):
    chapter["array"].source += "  # the first four"


@fault("harmless", "other bytes, the same pixels", cell="png")
def png_packed_otherwise(chapter):
    data = chapter["png"].outputs[0].data
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    data["image/png"] = _encode(picture, compress_level=1)


# --- open: seen by a reader, or by the reading of printed equations ------------------------------


@fault("open", "needs a claim that reads the page's own TeX")
def formula_in_prose_altered(chapter):
    chapter.replace("title", r"\frac{1}{n}", r"\frac{1}{m}")


if __name__ == "__main__":
    sys.exit(print_table(FAULTS))
