# The whole development interface: run, test, check, bench (and catalogue, after a string was added).
# Everything lives in .venv; a stamp file remembers what was installed, so a second call starts at once.

PYTHON ?= python3
BIN := .venv/bin
DEVELOPING := .venv/.installed-for-developing
COMPARING := .venv/.installed-for-comparing

.PHONY: run test check bench browser catalogue clean
.DELETE_ON_ERROR:

run: .venv/.installed
	$(BIN)/streamlit run streamlit_app.py

# Two processes: while one waits for a page, the other computes.
test: check browser
	$(BIN)/python -m pytest --numprocesses=2 --dist=worksteal

check: $(DEVELOPING)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/oxlint --deny-warnings ui tests
	$(BIN)/python -m ui.locale check

bench: $(COMPARING) browser
	$(BIN)/python -m benchmarks

catalogue: .venv/.installed
	$(BIN)/python -m ui.locale update --prune

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Stepwise needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update && apt-get install -y python3-venv; } \
		|| { echo "Python's venv module is missing. On Debian or Ubuntu: sudo apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.installed: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet -r requirements.txt
	@touch $@

$(DEVELOPING): requirements-dev.txt requirements-keras.txt .venv/.installed
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	@touch $@

$(COMPARING): requirements-bench.txt $(DEVELOPING)
	$(BIN)/python -m pip install --quiet -r requirements-bench.txt
	@touch $@

# Asked every time: it costs a second or two where all is there, and a browser may be taken off a machine.
browser: $(DEVELOPING)
	@sh tests/browser/provide.sh $(BIN)/python
