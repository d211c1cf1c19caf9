# `make chat` talks, `make quick` looks over a change, `make test` runs every test. Each sets up .venv first.

PYTHON ?= python3
# Only a language given to make counts: many systems have a variable of that name, and the chat remembers its own.
IN := $(if $(filter command line,$(origin LANGUAGE)),--language $(LANGUAGE))
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# The tests of the core's behaviour: what most changes can break, in a few seconds.
CORE := $(addprefix tests/test_,dialog.py drafts.py eligibility.py refunds.py dates.py rooms.py support.py \
        transcripts.py edited_rulebook.py jsonl.py) conversations messages
# Python files that differ from the newest commit, new ones among them.
CHANGED = $(shell git diff --name-only --diff-filter=d HEAD -- '*.py'; \
        git ls-files --others --exclude-standard -- '*.py')

.PHONY: chat quick test check mutants train format lock docs picture wheel clean

chat: $(READY)
	@$(BIN)/torikeshi chat $(IN)

quick: $(READY)  ## half a minute: the changed files' style, all types, the core's tests
	$(if $(strip $(CHANGED)),$(BIN)/ruff format --check $(CHANGED))
	$(if $(strip $(CHANGED)),$(BIN)/ruff check $(CHANGED))
	$(BIN)/mypy
	$(BIN)/pytest -q -n auto --dist worksteal $(CORE)

test: $(READY)
	$(BIN)/pytest -q -n auto --dist loadgroup --cov

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/torikeshi check
	$(BIN)/pytest -q tests/test_rooms.py

mutants: $(READY)  ## would the tests notice a mistake? Some minutes
	$(BIN)/python -m tests.mutation

train: $(READY)  ## learn the phrasings anew after they were edited: some minutes
	$(BIN)/torikeshi train

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(READY)  ## draw the dialog anew
	$(BIN)/torikeshi map --into docs/dialog.md

picture: $(READY)  ## draw the conversations of the README anew, from what the product says
	$(BIN)/python docs/picture.py

wheel: $(READY)
	$(BIN)/python -m hatchling build -t wheel -d dist

lock: $(READY)
	$(BIN)/uv lock

clean:
	rm -rf $(VENV) dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache

# uv is itself locked, in the dev group; pip only brings the first one. What it installs is compiled at once: a command
# in a test or a terminal then starts in half the time.
$(READY): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit("Torikeshi needs Python 3.11 or newer; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c 'import uv' 2>/dev/null || $(BIN)/pip install --quiet --disable-pip-version-check "uv>=0.13,<1"
	@$(BIN)/python -m uv sync --quiet --locked --compile-bytecode --python $(BIN)/python
	@touch $@
