# clearhour: what can be made. Needs Go and make; tests install the rest.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:

# Tools are pinned in tools/go.mod and built on first use.
TOOL := go tool -modfile=tools/go.mod
FUZZTIME ?= 20s
SEEDS ?= 4
CORE := venue matching markets risk feeds settlement engine
PACKAGES = $(addprefix ./,$(addsuffix /...,$(wildcard $(CORE) gateway)))
TIMEOUT ?= 10m
# What the core does when it is busy: the compiler arranges the code by it.
PROFILE := scripts/core.pgo

.PHONY: help
help: ## List the targets.
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "%-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build the one binary, static, into bin/clearhour.
	CGO_ENABLED=0 go build -trimpath -pgo=$(PROFILE) -o bin/clearhour ./cmd/clearhour

.PHONY: run
run: build ## Build and run the demonstration venue on this machine.
	bin/clearhour demo

.PHONY: test
test: ## Install what tests need, then vet and test everything.
	CLEARHOUR_REQUIRE="$$(scripts/test-deps.sh)" # What is there must not be skipped.
	export CLEARHOUR_REQUIRE
	go vet ./...
	go test -timeout $(TIMEOUT) ./...

.PHONY: check
check: ## Check format, vet, linters and the rules of internal/arch.
	unformatted="$$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l)"
	if [ -n "$$unformatted" ]; then echo "not in gofmt's format: $$unformatted"; exit 1; fi
	go vet ./...
	$(TOOL) golangci-lint config verify
	scripts/lint-planted.sh
	$(TOOL) golangci-lint run ./...
	go test ./internal/arch

.PHONY: lint
lint: ## Run the linters alone.
	$(TOOL) golangci-lint run ./...

.PHONY: bench
bench: build ## Measure the venue: throughput and latency percentiles.
	bin/clearhour bench

.PHONY: sim
sim: ## Run random markets, SEEDS (4) of them, and check every promise.
	go run ./cmd/clearhour sim random --seeds $(SEEDS)

.PHONY: profile
profile: ## Record scripts/core.pgo anew, on a quiet machine, when the core has changed much.
	go test -c -o engine.test ./engine
	./engine.test -test.run '^$$' -test.bench '^(BenchmarkApply|BenchmarkReplay)$$' -test.benchtime 30x -test.cpuprofile core.prof
	go tool pprof -proto -output $(PROFILE) core.prof
	rm -f core.prof engine.test

.PHONY: fuzz
fuzz: ## Run every fuzz target for FUZZTIME (20s).
	scripts/fuzz.sh $(FUZZTIME)

.PHONY: mutants
mutants: ## Break the rules in many ways and show which test notices each.
	go test -count=1 -timeout 2h -v -run '^TestKill$$' ./internal/mutants -kill

.PHONY: golden
golden: ## Rewrite scenario and golden files; read the diff before committing.
	scripts/golden.sh

.PHONY: race
race: ## Test the core and the gateways under the race detector (needs gcc).
	CGO_ENABLED=1 go test -race -timeout $(TIMEOUT) $(PACKAGES)

.PHONY: web
web: ## Build the page into web/dist, which is committed.
	web/build.sh

.PHONY: web-check
web-check: ## Check the types of the page (needs node and npm).
	npx --yes --package typescript@5.9 -- tsc -p web/tsconfig.json
