# `make` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3.11
FOOTFALL_HOME ?= data
export FOOTFALL_HOME
export DO_NOT_TRACK = 1
export DBT_SEND_ANONYMOUS_USAGE_STATS = 0
export DAGSTER_DISABLE_TELEMETRY = 1
export GX_ANALYTICS_ENABLED = false

.PHONY: help setup demo spark demo-spark spark-exact spark-catalogs test check nights bugs faults lint ui lock bench screenshots audit image sbom licences clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/ready ## make .venv from the lock (with uv if it is there, else with pip)

.venv/ready: requirements.lock pyproject.toml
	@rm -f .venv/ready
	@set -e; if command -v uv >/dev/null; then \
	    uv venv --quiet --allow-existing --python $(PYTHON) .venv && \
	    uv pip sync --quiet --compile-bytecode --python .venv/bin/python --require-hashes requirements.lock && \
	    uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .; \
	else \
	    $(PYTHON) -m venv .venv && \
	    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock && \
	    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . && \
	    { .venv/bin/python -m compileall -q -j 2 .venv/lib >/dev/null || true; }; \
	fi
	@touch .venv/ready
	@echo "Ready: .venv/bin/footfall --help"

demo: setup ## run the main job on sample data in $FOOTFALL_HOME (default: data)
	@.venv/bin/footfall init --if-missing
	@.venv/bin/footfall sample --if-empty
	@.venv/bin/footfall run

spark: .venv-spark/ready ## make .venv-spark, which can also build on Spark (needs Java 17), and get the jar of Iceberg

# In two steps: pyspark is built from its source with the setuptools that the first lock has installed.
.venv-spark/ready: requirements.lock requirements-spark.lock pyproject.toml
	@rm -f .venv-spark/ready
	@java -version 2>&1 | grep -Eq 'version "(17|21)' || { \
	    echo "Spark needs Java 17 or 21. Install the package openjdk-17-jre-headless (Debian, Ubuntu) or" \
	        "java-17-openjdk-headless (Fedora, Red Hat), then run make spark again." >&2; exit 1; }
	@set -e; if command -v uv >/dev/null; then \
	    uv venv --quiet --allow-existing --python $(PYTHON) .venv-spark && \
	    uv pip sync --quiet --python .venv-spark/bin/python --require-hashes requirements.lock && \
	    uv pip install --quiet --python .venv-spark/bin/python --no-deps --no-build-isolation --require-hashes -r requirements-spark.lock && \
	    uv pip install --quiet --python .venv-spark/bin/python --no-deps --no-build-isolation --editable .; \
	else \
	    $(PYTHON) -m venv .venv-spark && \
	    .venv-spark/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock && \
	    .venv-spark/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --require-hashes -r requirements-spark.lock && \
	    .venv-spark/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .; \
	fi
	@.venv-spark/bin/python -m footfall.spark.jar
	@touch .venv-spark/ready
	@echo "Ready: set warehouse.engine to spark in footfall.yml, then .venv-spark/bin/footfall run"

demo-spark: spark ## the same as make demo on Spark, in $FOOTFALL_HOME-spark
	@.venv-spark/bin/footfall init --if-missing --home $(FOOTFALL_HOME)-spark
	@grep -q '^warehouse:' $(FOOTFALL_HOME)-spark/footfall.yml || \
	    printf 'warehouse:\n  engine: spark\n' >> $(FOOTFALL_HOME)-spark/footfall.yml
	@.venv-spark/bin/footfall sample --if-empty --home $(FOOTFALL_HOME)-spark
	@.venv-spark/bin/footfall run --home $(FOOTFALL_HOME)-spark

test: setup ## run the tests
	@.venv/bin/python -m pytest -n 2 --dist loadgroup

nights: setup ## let a schedule fire in a real `footfall ui`, kill it, and see it go on (takes 5 minutes or more)
	@.venv/bin/python -m pytest -q -s tests/orchestration/night_by_itself.py

bugs: setup ## plant bugs in the models and the report one by one; each must be found (takes long)
	@.venv/bin/python -m pytest -q -s tests/properties/planted_bugs.py tests/browser/planted_report_bugs.py

spark-exact: spark ## the same numbers from both engines by random plans with kills, night by night (takes long)
	@FOOTFALL_SPARK_PLANS=$(or $(PLANS),3) .venv-spark/bin/python -m pytest -q -s tests/spark/test_spark_exactness.py

spark-catalogs: spark ## try Spark Connect and real catalogs: JDBC, REST, Hive, Glue, S3 (Maven; NIGHTS=1: whole nights; takes long)
	@.venv-spark/bin/python -m tests.spark.try_catalogs $(if $(NIGHTS),--nights) $(if $(CATALOGS),--catalogs $(CATALOGS))

faults: setup ## plant faults in large doses and write the table of docs/reliability.md (takes hours; goes on where it stopped)
	@.venv/bin/python -m tests.faults.drills --share $(or $(DOSE),1) --out $(or $(OUT),faults); result=$$?; \
	    .venv/bin/python -m tests.faults.drills --out $(or $(OUT),faults) --table docs/reliability.md; exit $$result

lint: setup ## check style and types: ruff, sqlfluff, mypy
	@.venv/bin/ruff check .
	@.venv/bin/sqlfluff lint --processes 2 --templater jinja dbt_project
	@.venv/bin/sqlfluff lint --processes 2 footfall exports benchmarks
	@.venv/bin/mypy

check: lint test ## what CI runs

ui: setup ## open Dagster's pages on this machine, http://127.0.0.1:3000
	@.venv/bin/footfall ui

lock: ## write requirements.lock and requirements-spark.lock again from their .in files (needs uv)
	@uv pip compile requirements.in --override requirements.override --generate-hashes --no-emit-index-url \
	    --python-version 3.11 --no-header --quiet --upgrade --output-file requirements.lock
	@uv pip compile requirements-spark.in --constraints requirements.lock --override requirements.override \
	    --generate-hashes --no-emit-index-url --python-version 3.11 --no-header --quiet --upgrade \
	    --output-file requirements-spark.lock
	@$(PYTHON) -m deploy.spark_lock requirements-spark.lock requirements.lock

bench: setup ## measure the figures of docs/performance.md (takes long; EVENTS=500000 makes the large night smaller)
	@.venv/bin/python -m benchmarks $(if $(EVENTS),--events $(EVENTS))

screenshots: demo ## take pictures of the report into screenshots/ and some into docs/screenshots (needs chromium)
	@.venv/bin/python -m tests.browser.screenshots $(FOOTFALL_HOME) screenshots docs/screenshots

audit: setup ## look for known vulnerabilities of the locked packages in a copy of the advisories ($$FOOTFALL_ADVISORIES)
	@.venv/bin/python -m deploy.audit

image: setup ## try the steps of the image and a night in it, without Docker (as root; takes long)
	@.venv/bin/python -m deploy.try_image

sbom: setup ## write the list of parts (CycloneDX) into sbom.json
	@.venv/bin/python -m deploy.sbom sbom.json

licences: setup ## write docs/third_party_licences.md again
	@.venv/bin/python -m deploy.licences --write

clean: ## remove .venv and caches; data stays
	@rm -rf .venv .venv-spark .pytest_cache .ruff_cache .mypy_cache .hypothesis *.egg-info
