# Everything below runs from a clean clone with Go (see go.mod) and Node; what the
# tests need besides, .ci/servers looks for or installs.
export GOFLAGS := -trimpath
GO   ?= go
LINT := $(GO) tool -modfile=.ci/tools/go.mod golangci-lint
# One PostgreSQL, one Redis and one Redis Cluster for all packages of a run.
WITH := $(GO) run ./storage/storagetest/servers/with --
FUZZTIME  ?= 60s
SOAK      ?= 20
# What the portal and the console are built from.
UI := frontend/index.html $(wildcard frontend/*.json frontend/*.js frontend/*.ts) $(shell find frontend/src frontend/public -type f)

.PHONY: help
help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## start a server with demo tenants and simulated identity providers
	./bin/roster demo

.PHONY: build
build: ui ## build the binary into bin/roster
	CGO_ENABLED=0 $(GO) build -o bin/roster ./cmd/roster

.PHONY: ui
ui: frontend/dist/index.html ## build the portal and the console into frontend/dist

frontend/dist/index.html: $(UI) | frontend/node_modules
	cd frontend && npm run --silent build
	@touch $@

.PHONY: generate
generate: frontend/node_modules portal/client/typescript/node_modules ## make the Go and TypeScript types from portal/openapi.yaml
	$(GO) tool -modfile=.ci/tools/go.mod oapi-codegen -config portal/api/config.yaml -o portal/api/api.gen.go portal/openapi.yaml
	$(GO) tool -modfile=.ci/tools/go.mod oapi-codegen -config portal/client/api/config.yaml -o portal/client/api/api.gen.go portal/openapi.yaml
	cd frontend && npm run --silent generate:api
	cd portal/client/typescript && npm run --silent generate:api

%/node_modules: %/package-lock.json
	cd $* && npm ci --no-audit --no-fund
	@touch $@

.PHONY: servers
servers:
	@.ci/servers

.PHONY: test
test: servers portal/client/typescript/node_modules frontend/node_modules ## run all tests but those in the browser, against real PostgreSQL and Redis
	cd portal/client/typescript && npm test --silent
	cd frontend && npm run --silent test
	$(WITH) $(GO) test -timeout 14m ./...

.PHONY: e2e
e2e: build ## drive the built binary in a browser, as admin, vendor and support
	cd frontend && npm run --silent e2e

.PHONY: screens
screens: build ## take screenshots of every screen, into frontend/e2e/output/screens
	cd frontend && npm run --silent screens

.PHONY: race
race: servers ## run the tests with the race detector
	$(WITH) $(GO) test -race -timeout 30m ./...

.PHONY: check
check: servers portal/client/typescript/node_modules deploy/examples/typescript/node_modules frontend/node_modules ## format, vet and lint
	@test -z "$$(gofmt -l $$(git ls-files "*.go"))" || { gofmt -l $$(git ls-files "*.go"); echo "run gofmt -w on these files"; exit 1; }
	$(GO) vet ./...
	$(GO) mod verify
	$(LINT) run
	cd portal/client/typescript && npm run --silent build
	cd deploy/examples/typescript && npm run --silent typecheck
	cd frontend && npm run --silent typecheck && npm run --silent lint

.PHONY: cover
cover: servers ## coverage of the SCIM engine by all tests, per package
	@$(WITH) $(GO) test -coverpkg=./scim/... -coverprofile=coverage.out ./scim/... ./cmd/roster/ >coverage.log || { cat coverage.log; exit 1; }
	@$(GO) run ./.ci/cover coverage.out

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME (60s, or 5000x) each
	@set -e; for package in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
	    echo "$$package $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$package; \
	  done; done

.PHONY: bench
bench: servers ## run the benchmarks: the backends side by side first, growth at the end
	$(WITH) $(GO) test -run '^$$' -bench Backends -benchtime 2000x ./cmd/roster/
	$(WITH) $(GO) test -run '^$$' -bench Happened -benchtime 6x ./cmd/roster/
	$(WITH) $(GO) test -run '^$$' -bench . -benchmem ./scim/... ./authz/... ./storage/...

.PHONY: load
load: build servers deploy/load/scimmy/node_modules ## measure the built binary against the machine's limits; LOAD=-full for a million users
	$(GO) run ./deploy/load $(LOAD)

.PHONY: bench-check
bench-check: servers ## compare what requests cost with cmd/roster/testdata/costs.txt, or write it: UPDATE=1
	COSTS_UPDATE=$(UPDATE) $(WITH) $(GO) test -run '^$$' -bench '^BenchmarkCosts$$' -benchtime 1x ./cmd/roster/

.PHONY: soak
soak: servers ## kill servers, databases and Redis under load, SOAK rounds (20)
	SOAK_ROUNDS=$(SOAK) $(WITH) $(GO) test -count=1 -timeout 60m -run 'Kill|Replicas|Happened' -v ./cmd/roster/

.PHONY: clean
clean: ## remove what was built and the demo's data
	find frontend/dist -mindepth 1 ! -name .keep -delete
	rm -rf bin coverage.out coverage.log data/demo.db data/demo.db-shm data/demo.db-wal data/demo.db.key data/demo-log.db data/demo-log.db-shm data/demo-log.db-wal
