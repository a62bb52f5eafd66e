# The commands of this repository; each says what it does and installs what it needs.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test bench bench-growth bench-register bench-restore bench-slow profile fuzz attack sanitize check libraries browser \
  pictures drill drill-failover drill-units drill-package drill-upgrade drill-image package image \
  sbom format

help: ## List the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

run: libraries ## Build and start the demo on http://localhost:8080
	swift build --product belepo
	exec .build/debug/belepo serve --demo

test: libraries ## Build and run every test
	scripts/test

browser: libraries ## Walk every page and state in a real browser
	swift build --product belepo
	BrowserTests/setup.sh
	BrowserTests/run.sh

pictures: libraries ## Contact sheets of the pages and letters into docs/pictures
	swift build --product belepo
	BrowserTests/setup.sh
	.venv/bin/python BrowserTests/pictures.py --sheets docs/pictures

drill: libraries ## Kill instances a hundred times, cut database and relay off, compare what customers were told
	swift build --product belepo
	Drills/setup.sh
	DRILL_KILLS=100 DRILL_IMPORT_KILLS=20 DRILL_FAULT_SECONDS=60 DRILL_OUTAGE_SECONDS=1200 Drills/run.sh

drill-failover: libraries ## Fail a database of two machines over, twenty times, under registrations
	swift build --product belepo
	Drills/setup.sh failover
	Drills/run.sh -n 0 -rA failover.py

drill-upgrade: libraries ## Replace the version before, or UPGRADE_FROM's, by this one under registrations, and back
	swift build --product belepo
	Drills/setup.sh
	program="$${UPGRADE_FROM_PROGRAM:-$$(scripts/build-earlier $(UPGRADE_FROM))}"; \
	  UPGRADE_FROM_PROGRAM="$$program" Drills/run.sh -n 0 -rA upgrade.py

package: libraries ## Build the Debian package into .build/package
	scripts/package

drill-package: package ## Install, upgrade and purge it in a Debian of its own; needs root
	scripts/try-package

drill-units: package ## Start its units by a systemd of their own, by the how-to; needs root
	Drills/setup.sh units
	Drills/run.sh -n 0 -rA units.py

image: package ## Build an OCI image of the package into .build/image; needs root, no engine
	scripts/image

drill-image: image ## Read the image back and run it; needs root
	scripts/try-image

sbom: ## Print what the program is made of, as CycloneDX
	@scripts/sbom

bench: libraries ## Measure the release build (docs/rules.md)
	scripts/bench

bench-growth: libraries ## Measure it with more instances, customers, accounts and messages; hours
	scripts/bench growth

bench-slow: libraries ## Measure it while thousands of clients are slow or idle; some minutes
	scripts/bench slow

bench-register: libraries ## Import ten million customers beside the engines' own loaders
	scripts/bench register

bench-restore: libraries ## Back a million accounts up and restore them, on both engines; RESTORE_ACCOUNTS for fewer
	scripts/bench restore

profile: libraries ## Tell where the release build's time goes, by part and by function
	scripts/profile

fuzz: libraries ## Look for bytes that stop the program or that it misreads; FUZZ_SECONDS for each kind (600)
	swift build --product belepo
	Drills/setup.sh
	scripts/fuzz
	FUZZ_SECONDS=$${FUZZ_SECONDS:-600} Drills/run.sh test_odd_bytes.py

attack: libraries ## Let slowhttptest, sqlmap and wapiti at the release build; ten minutes at most
	swift build -c release --product belepo
	Drills/setup.sh attack
	BELEPO_PROGRAM="$(CURDIR)/.build/release/belepo" Drills/run.sh -n 0 -rA attack.py

sanitize: libraries ## Run the Swift tests under the address and the thread sanitizer
	scripts/sanitize

check: ## Formatting and style only
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

format: ## Format the sources
	swift format --in-place --recursive --parallel Package.swift Sources Tests

libraries:
	@scripts/install-libraries
