# The commands of this repository; each says what it does and installs what it needs.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test bench check libraries browser drill format

help: ## List the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

run: libraries ## Build and start the demo on http://localhost:8080
	swift build --product belepo
	exec .build/debug/belepo serve --demo

test: libraries ## Build and run every test
	scripts/test

browser: libraries ## Walk every page and state in a real browser
	swift build --product belepo
	BrowserTests/setup.sh
	BrowserTests/run.sh

drill: libraries ## Kill instances a hundred times, cut database and relay off, compare what customers were told
	swift build --product belepo
	Drills/setup.sh
	DRILL_KILLS=100 DRILL_FAULT_SECONDS=60 DRILL_OUTAGE_SECONDS=1200 Drills/run.sh

bench: libraries ## Measure the release build (specification, part 4)
	scripts/bench

check: ## Formatting and style only
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

format: ## Format the sources
	swift format --in-place --recursive --parallel Package.swift Sources Tests

libraries:
	@scripts/install-libraries
