# Everything a person types here. `make` alone lists it.
BUILD := .build
# Prints go test's own lines, and at the end what was skipped and why.
TESTSUM := go run gotest.tools/gotestsum@v1.13.0 --format standard-quiet --
# Where `make run` keeps its database: see DefaultDir in storage/embedded.
DATA := $(or $(XDG_DATA_HOME),$(HOME)/.local/share)/helpdesk /var/lib/helpdesk
PKG ?= ./...
RUN ?= .
FUZZTIME ?= 30s

.DEFAULT_GOAL := help
.PHONY: help run build test race lint fmt fuzz vuln bench screenshots db-shell clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Start everything with a demo campus: web on 127.0.0.1:8080, SSH on 127.0.0.1:2222
	@deploy/setup.sh postgres
	@$(MAKE) --no-print-directory build
	@exec $(BUILD)/helpdesk run $(ARGS)

build: ## Build the program into .build/helpdesk
	@go build -trimpath -o $(BUILD)/helpdesk ./cmd/helpdesk

test: ## Run all tests (PKG=./web/... for some)
	@deploy/setup.sh postgres chromium ssh zbar ssh-audit
	@$(TESTSUM) -timeout 14m $(PKG)

race: ## Run all tests under the race detector (PKG=./web/... for some)
	@deploy/setup.sh postgres chromium ssh zbar ssh-audit
	@$(TESTSUM) -race -timeout 20m $(PKG)

lint: ## Check formatting and run the linters
	@.ci/run format vet staticcheck lint

fmt: ## Format the Go files
	@go run mvdan.cc/gofumpt@v0.12.0 -l -w .

fuzz: ## Run each fuzz target for a while (FUZZTIME=2m for how long, PKG=./web/... for some)
	@deploy/setup.sh postgres
	@set -e; for dir in $$(go list -f '{{.Dir}}' $(PKG)); do \
		for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\)(.*/\1/p' "$$dir"/*_test.go 2>/dev/null); do \
			printf '%s %s\n' "$${dir#$(CURDIR)/}" "$$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$dir"; \
		done; \
	done

vuln: ## Ask the Go vulnerability database about what is called here (needs the network)
	@go run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...

bench: ## Measure how fast it is, beside PostgreSQL alone, in ten minutes (PARTS=reports,keys TICKETS=10000,1000000 DESK=URL KEEP=name ARGS=--help)
	@deploy/setup.sh postgres
	@$(MAKE) --no-print-directory build
	@go run ./bench/cmd/bench --program $(BUILD)/helpdesk --report $(BUILD) $(if $(TICKETS),--tickets $(TICKETS)) \
		$(if $(DESK),--desk '$(DESK)') $(if $(PARTS),--parts $(PARTS)) $(if $(KEEP),--keep $(KEEP)) $(ARGS)

battery: ## Break things for an hour and count what is lost (RUN=Killed for some); the report is .build/battery/battery.md
	@deploy/setup.sh postgres ssh
	@go test -count 1 -timeout 3h -run '$(RUN)' -v ./battery -long -report $(CURDIR)/$(BUILD)/battery
	@go test -count 1 -timeout 2h -run '$(RUN)' ./battery/campus -seeds 500 -every -report $(CURDIR)/$(BUILD)/battery
	@go test -count 1 -timeout 10m -run '$(RUN)' -v ./battery/history -report $(CURDIR)/$(BUILD)/battery

screenshots: ## Make the pictures of the README anew
	@deploy/setup.sh postgres chromium ssh
	@HELPDESK_SCREENSHOTS=$(CURDIR)/docs/pictures go test -count 1 -run '^TestScreenshots$$' ./cmd/helpdesk

db-shell: ## Open psql on the database of a running `make run`
	@pid=$$(ls -t $(DATA:%=%/*/data/postmaster.pid) 2>/dev/null | head -n 1); \
	test -n "$$pid" || { echo 'No demo is running: start it with `make run` first.' >&2; exit 1; }; \
	exec psql -h "$$(sed -n 5p "$$pid")" -U helpdesk helpdesk

clean: ## Remove what was built (not the demo's database)
	@rm -rf $(BUILD) .ci/pages/node_modules
