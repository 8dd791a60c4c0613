# Every target is one command of the package, so that a machine without make does the same: see README.
# The system's Python only sets up .venv and hands over to the Python in it.
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell $(name) -c 'print("$(name)")' 2>/dev/null)))
ROLE ?= trainee
PORT ?= 8888
CIBERAULA = PYTHONPATH=src $(or $(PYTHON),python3) -m ciberaula

.PHONY: setup start test notebooks datasets catalogue benchmark soak locks

setup:
	@$(CIBERAULA) setup

start:
	@$(CIBERAULA) start --role $(ROLE) --port $(PORT)

test:
	@$(CIBERAULA) test

notebooks:
	@$(CIBERAULA) notebooks

datasets:
	@$(CIBERAULA) datasets build --published

catalogue:
	@$(CIBERAULA) catalogue

benchmark:
	@$(CIBERAULA) benchmark

soak:
	@$(CIBERAULA) soak

# The three readers share one resolution: the classroom and the trainee are parts of the developer's lock.
COMPILE = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header
locks: setup
	printf 'uv\nhatchling\neditables\n' | $(COMPILE) - -o requirements-uv.lock
	$(COMPILE) --all-extras pyproject.toml -o requirements-dev.lock
	$(COMPILE) --extra grading --extra institution -c requirements-dev.lock pyproject.toml -o requirements-classroom.lock
	$(COMPILE) -c requirements-dev.lock pyproject.toml -o requirements-trainee.lock
	cp requirements-trainee.lock binder/requirements.txt
