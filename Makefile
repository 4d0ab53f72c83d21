# Two commands matter: `make demo` and `make test`. Both set everything up first; uv comes with the Makefile.
UV_VERSION := 0.13.9
UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
RUN := $(UV) run --locked --no-sync
PYTEST_ARGS ?=
# Trust what the machine trusts, so that setting up works behind a company's proxy (the second name is older uv's).
export UV_SYSTEM_CERTS ?= 1
export UV_NATIVE_TLS ?= 1

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-terminal test test-again lint bench chaos bench-bulk bench-matching docs clean

help: ## what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

.tools/bin/uv:
	@python3 -m venv .tools 2>/dev/null || { echo "Python's venv module is missing: install it (Debian: apt-get install python3-venv), then run make again."; exit 1; }
	.tools/bin/pip install --quiet uv==$(UV_VERSION)

setup: $(if $(filter .tools/bin/uv,$(UV)),.tools/bin/uv) ## install the locked dependencies into .venv
	@$(UV) sync --quiet --locked

demo: setup ## open the practice desk in the browser: sandboxes, people, things to try
	@$(RUN) pointsman demo

demo-terminal: setup ## the practice desk in the terminal
	@$(RUN) pointsman demo --terminal

# Tests wait for clocks, processes and databases much of their time, so there are more workers than cores.
WORKERS ?= $(shell python3 -c 'import os; print(max(2, os.cpu_count() * 3 // 2))')

test: setup ## all tests, with branch coverage, three at once for every two cores (WORKERS=…)
	$(RUN) pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --cov --cov-report=term --cov-fail-under=85 $(PYTEST_ARGS)

test-again: setup ## the tests that failed last, one after the other; an error where none did
	$(RUN) pytest --lf --lfnf=none $(PYTEST_ARGS)

lint: setup ## ruff, mypy --strict, import-linter
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(RUN) lint-imports

bench: setup ## ack, diagnosis, vendors' clients, a thousand at once, memory and start-up, measured and printed
	$(RUN) python -m tests.bench

chaos: setup ## kill -9 at every await of an effect, a thousand times, and of a list, on SQLite and PostgreSQL (KILLS=… LIST_KILLS=…)
	$(RUN) python -m tests.work.chaos --kills $(or $(KILLS),1000)
	$(RUN) python -m tests.bulk.chaos --kills $(or $(LIST_KILLS),200)

bench-bulk: setup ## a list of ROWS=100000 against the provider's limit: use of the limit, memory, resuming after kill -9 (about half an hour)
	$(RUN) python -m tests.bench.lists $(ROWS)

bench-matching: ## the matcher beside others, on our questions and on public data in POINTSMAN_DATASETS (EMBEDDINGS=1 adds MiniLM: 5 GB)
	@$(MAKE) -s setup && $(UV) sync --quiet --locked --inexact --group bench $(if $(EMBEDDINGS),--group bench-embeddings)
	$(RUN) python -m tests.understanding.bench_matching $(PARTS)

docs: setup ## write docs/settings.md and docs/connectors from the code
	@$(RUN) python -m bot.cli.reference > docs/settings.md
	@$(RUN) python -m connectors.pages

clean: ## remove what setup and demo made
	rm -rf .venv .tools var .mypy_cache .ruff_cache .pytest_cache
