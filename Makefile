# Everything begins here: `make demo` shows Kernetid, `make test` tries it.

.DEFAULT_GOAL := help
.PHONY: help demo test check bench requirements messages format clean setup setup-dev

# Any Python 3 may start the set-up, which then finds or fetches a new enough one. Each is run to see that it works:
# a shim of pyenv stands on PATH even where its Python does not.
STARTER = $(shell for python in .venv/bin/python python3.13 python3.14 python3.12 python3 python \
	$$HOME/.pyenv/versions/3*/bin/python3; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null && echo "$$python" && break; done)
BOOTSTRAP = $(or $(STARTER),uv run --no-project --python 3.13) backend/bootstrap.py
PYTHON = .venv/bin/python
# What looks at the code must not depend on this machine's .env or database.
PLAIN = ENV_FILE= DEBUG=on DATABASE_URL=sqlite:///var/check.sqlite3

help:
	@echo 'make demo          set up, fill and serve a demonstration on 127.0.0.1, PORT (8000)'
	@echo 'make test          run the tests on SQLite, and on PostgreSQL where there is one'
	@echo 'make check         formatting, lint, types, imports, migrations, translations, OpenAPI; changes nothing'
	@echo 'make bench         measure'
	@echo 'make messages      collect the texts to translate, and compile them'
	@echo 'make requirements  compile the requirements from pyproject.toml'
	@echo 'make format        format the code'
	@echo 'make clean         remove what set-up and tests made; data and .env stay'

setup:
	@$(BOOTSTRAP)

setup-dev:
	@$(BOOTSTRAP) --dev

demo: setup
	@# In a process of its own: one that has looked for a text before it is compiled keeps the English.
	@$(PYTHON) manage.py messages --compile >/dev/null
	@$(PYTHON) manage.py demo

test:
	@$(BOOTSTRAP) --browser
	@$(PYTHON) -m tests.both_databases $(TESTS)

check: setup-dev
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	$(PLAIN) $(PYTHON) manage.py makemigrations --check --dry-run
	$(PLAIN) $(PYTHON) manage.py messages --check
	$(PLAIN) $(PYTHON) manage.py openapi --check
	$(PYTHON) -m pytest -q tests/architecture -m "not django_db"

bench: setup-dev
	@$(PYTHON) -m tests.bench

requirements:
	@$(BOOTSTRAP) --lock

messages: setup-dev
	@$(PLAIN) $(PYTHON) manage.py messages

format: setup-dev
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

clean:
	rm -rf .venv var/setup var/static var/check.sqlite3 cms/static/vendor cms/assets/node_modules out
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results
	find backend cms exports tests -name __pycache__ -type d -prune -exec rm -rf {} +
	find backend cms -name '*.mo' -delete
