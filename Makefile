# Everything here runs from .venv, which is made once; docs/development.md tells what each target is for.
MAKEFLAGS += --no-print-directory
PYTHON ?= python3
PORT ?= 5555

bin := $(CURDIR)/.venv/bin
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.venv/collections
export PYTHONPATH := $(CURDIR)/tests
export PATH := $(bin):$(PATH)

.PHONY: help
help:
	@echo 'make demo                 the main job on an embedded AWS and embedded guests'
	@echo 'make demo-privatelink     two accounts, one handshake, a TLS client that finds its certificate'
	@echo 'make test                 the tests; make test-faults adds what takes longer'
	@echo 'make test-vm              the servers'"'"' routing on each network stack, in virtual machines'
	@echo 'make cloud PORT=5555      the lab cloud alone, in the foreground'
	@echo 'make fabric PORT=5555     the network that this lab cloud describes, in the foreground'
	@echo 'make bench                our cost beside others, into docs/benchmarks.md (35 minutes)'
	@echo 'make lockout-proof        what goes wrong while a server is reconfigured, into docs/lockout-proof.md'
	@echo 'make test-{unit,integration,sanity,lint,lab,molecule}   one kind of test'
	@echo 'make venv                 the Python environment alone'
	@echo 'make collections-path     the directory that holds ansible_collections'

.venv/.ready: requirements.txt tests/requirements.txt tests/setup/venv.sh
	@PYTHON=$(PYTHON) tests/setup/venv.sh
	@touch $@

.PHONY: venv
venv: .venv/.ready

.PHONY: collections-path
collections-path:
	@$(MAKE) venv >&2
	@echo $(ANSIBLE_COLLECTIONS_PATH)

.PHONY: cloud
cloud: venv
	@exec python -m lab.cloud --port $(PORT)

.PHONY: fabric
fabric: venv
	@AWS_ACCESS_KEY_ID=$${AWS_ACCESS_KEY_ID:-lab-access-key-not-secret} AWS_SECRET_ACCESS_KEY=$${AWS_SECRET_ACCESS_KEY:-lab-secret-key-not-secret} \
	exec python -m lab.fabric --endpoint-url http://127.0.0.1:$(PORT)

.PHONY: demo
demo: venv
	@exec python -m lab.demo

.PHONY: demo-privatelink
demo-privatelink: venv
	@exec python -m lab.demo.privatelink

# Two lanes, each about as long. What needs network namespaces, of which a machine has one set, is in the same one.
.PHONY: test
test: venv
	@$(MAKE) --jobs=2 --output-sync=target lanes=2 test-integration test-sanity
ifeq ($(lanes),2)
test-integration: test-lint
test-lint: test-unit
test-sanity: demo-privatelink
demo-privatelink: test-molecule
test-molecule: test-lab
endif

.PHONY: test-unit
test-unit: venv
	@tests/setup/ansible-test.sh units

.PHONY: test-integration
test-integration: venv
	@tests/setup/ansible-test.sh integration --exclude ec2_eni_fleet_faults

.PHONY: test-sanity
test-sanity: venv
	@tests/setup/ansible-test.sh sanity

.PHONY: test-lint
test-lint: venv
	ansible-lint --offline --profile production

.PHONY: test-lab
test-lab: venv
	@python -m lab.guests.requirements
	pytest -q -p no:cacheprovider tests/lab/tests tests/bench/tests

.PHONY: test-faults
test-faults: venv
	@python -m lab.guests.requirements
	pytest -q -p no:cacheprovider tests/lab/faults --ignore tests/lab/faults/guest_routing
	@tests/setup/ansible-test.sh integration ec2_eni_fleet_faults

.PHONY: lockout-proof
lockout-proof: venv
	@python -m lab.guests.requirements
	pytest -q -p no:cacheprovider tests/lab/faults/guest_routing --lockout-proof docs/lockout-proof.md

.PHONY: test-molecule
test-molecule: venv
	@python -m lab.guests.requirements
	molecule destroy # what a run that was killed has left, and remembers as created
	molecule test --all

# With flavours=netplan what has that in its name, in words of pytest's -k.
.PHONY: test-vm
test-vm: venv
	@python -m lab.guests.requirements
	pytest -q -p no:cacheprovider tests/lab/stacks $(if $(flavours),-k '$(flavours)')

# With jobs=servers that one alone, which is printed.
.PHONY: bench
bench: venv
	@exec python -m bench $(if $(jobs),--only $(jobs))
