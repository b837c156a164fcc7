# Every command of the house. `make` alone lists them; what each needs is made by setup.sh, once.

PORT ?= 8000
WORKERS ?= auto
TESTS ?= tests
export PORT
export PLAYWRIGHT_BROWSERS_PATH := $(CURDIR)/var/cache/browsers
unexport PYTHONHOME PYTHONPATH

BIN := .venv/bin
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header --no-annotate

.PHONY: help run phone test check bench nightly migrate assets pictures lock clean
.DEFAULT_GOAL := help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

run: ## the server with its demo people, on http://localhost:8000 (another port: PORT=8001)
	@sh setup.sh run
	@$(BIN)/tomoni serve --demo

# The demo people and their password, offered by one tap here and nowhere else: `make run` prints them too.
phone: DEMO = 花子さん|hanako@example.jp|さざ波と みかん畑と 猫のたま;佐藤先生|sato@example.jp|さざ波と みかん畑と 猫のたま
phone: ## the phone app in a phone-sized window, signed in to the local server with one tap
	@sh setup.sh phone
	@TOMONI_SERVER="http://localhost:$(PORT)" TOMONI_DEMO="$(DEMO)" $(BIN)/python -m mobile.main

test: ## every test there is: unit, property, both databases, browser, phone window (TESTS=tests/shared for a part)
	@sh setup.sh test
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile $(TESTS)

check: ## style, types, who may know whom, and the tests about the whole house
	@sh setup.sh check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest tests/house

bench: ## how fast and how small, each figure beside its limit
	@sh setup.sh check
	@$(BIN)/python -m benchmarks

nightly: ## the tests again, with many more examples of each property; each reader of files searched for faults
	@sh setup.sh test
	@HYPOTHESIS_PROFILE=nightly $(BIN)/pytest -n $(WORKERS) --dist loadfile $(TESTS)
	@$(BIN)/python -m tests.fuzz --seconds 300 --seed "$$(date +%F)" --workers $(WORKERS) --kept var/fuzz

migrate: ## bring the database to the newest tables
	@sh setup.sh run
	@$(BIN)/tomoni migrate

assets: ## fonts, icons, chart library and language files, made again where something changed
	@sh setup.sh run
	@$(BIN)/python -m backend.web.build

pictures: ## the pictures of the README, taken anew
	@sh setup.sh test
	@$(BIN)/python -m docs.pictures

lock: ## choose the newest allowed libraries, and write locks/ with their hashes
	@sh setup.sh check
	$(LOCK) --upgrade locks/build.in -o locks/build.txt
	$(LOCK) --upgrade pyproject.toml --extra backend -o locks/backend.txt
	$(LOCK) --upgrade pyproject.toml --extra mobile -c locks/backend.txt -o locks/mobile.txt
	$(LOCK) --upgrade pyproject.toml --extra dev -c locks/backend.txt -c locks/mobile.txt -o locks/dev.txt

clean: ## remove .venv and what was made from locks; the records and secrets in var/ stay
	rm -rf .venv var/cache var/setup.log .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf backend/web/static/vendor mobile/fonts/*.ttf mobile/fonts/icons.json shared/languages/*/*.mo
