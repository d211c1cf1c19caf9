# Two commands: `make chat` talks, `make test` runs every test. Each sets up what it needs in .venv first.

PYTHON ?= python3
# Only a language given to make counts: many systems have a variable of that name, and the chat remembers its own.
IN := $(if $(filter command line,$(origin LANGUAGE)),--language $(LANGUAGE))
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: chat test check train format lock docs wheel clean

chat: $(READY)
	@$(BIN)/torikeshi chat $(IN)

test: $(READY)
	$(BIN)/pytest -q -n auto --dist loadgroup --cov

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/torikeshi check
	$(BIN)/pytest -q tests/test_rooms.py

train: $(READY)  ## learn the phrasings anew after they were edited: some minutes
	$(BIN)/torikeshi train

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(READY)  ## draw the dialog anew
	$(BIN)/torikeshi map --into docs/dialog.md

wheel: $(READY)
	$(BIN)/python -m hatchling build -t wheel -d dist

lock: $(READY)
	$(BIN)/uv lock

clean:
	rm -rf $(VENV) dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache

# uv is itself locked, in the dev group; pip only brings the first one.
$(READY): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit("Torikeshi needs Python 3.11 or newer; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c 'import uv' 2>/dev/null || $(BIN)/pip install --quiet --disable-pip-version-check "uv>=0.13,<1"
	@$(BIN)/python -m uv sync --quiet --locked --compile-bytecode --python $(BIN)/python
	@touch $@
