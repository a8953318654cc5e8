# Short names for the commands of this repository. Each sets up .venv by itself.
# Without make: python3 backend-generator ..., python3 .ci/checks.py --tier ...

PYTHON ?= python3
PROMPT ?= A simple todo API
UV_COMPILE = .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast test-full test-frozen bench engine dev picture lock fmt

export PROMPT

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1\t\2/' | expand -t 18

demo: ## a backend from a sentence, running and verified (PROMPT="..." for another one)
	@$(PYTHON) backend-generator create "$$PROMPT" --run --verify

test: ## the standard tier: format, lint, types, layers, tests
	@$(PYTHON) .ci/checks.py

test-fast: ## format, lint and unit tests
	@$(PYTHON) .ci/checks.py --tier fast

test-full: ## the standard tier and the tests marked `full`
	@$(PYTHON) .ci/checks.py --tier full

test-frozen: ## the frozen engine, built and tested from outside
	@$(PYTHON) .ci/checks.py --tier frozen

bench: ## the benchmarks, as tables
	@$(PYTHON) .ci/checks.py --tier bench

engine: dev ## the engine as a program that needs no Python, in build/engine
	@.venv/bin/python packaging/build_engine.py

dev: ## .venv with everything that development needs
	@$(PYTHON) .ci/environment.py dev

picture: dev ## the README's picture of the demo, from a real run
	@.venv/bin/python .ci/picture.py

lock: dev ## new lock files after a change of dependencies; UPGRADE=1 also takes newer versions
	@$(UV_COMPILE) $(if $(UPGRADE),--upgrade) --all-extras -o requirements-dev.lock
	@$(UV_COMPILE) --extra build --extra cloud --constraint requirements-dev.lock -o requirements.lock
	@$(subst pyproject.toml,packaging/cloud/requirements.in,$(UV_COMPILE)) --constraint requirements-dev.lock -o packaging/cloud/requirements.lock
	@! grep -nE 'https?://' requirements.lock requirements-dev.lock packaging/cloud/requirements.lock

fmt: dev ## format and repair what can be repaired by itself
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format .
