# The one entry point. `make help` lists the targets.

SWIFT      ?= swift
DATASETS   ?= ../shared/datasets
ARGS       ?=
PACKAGES   := libgmp-dev libopenblas-dev zlib1g-dev
MSFHE      := .build/release/msfhe

# Tests are optimised like the product (unoptimised C is ten times slower), and see package-level declarations.
TEST_FLAGS := -c release -Xswiftc -enable-testing --disable-xctest

.PHONY: help setup build demo test asan coverage docs format lint clean

help:
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: ## install what is missing of the C libraries (Debian, Ubuntu)
	@./scripts/setup.sh $(PACKAGES)

build: setup ## build the program, optimised
	$(SWIFT) build -c release --product msfhe

demo: build ## identify simulated peptide spectra by encrypted search
	$(MSFHE) demo $(ARGS)

test: setup ## run every test, optimised
	$(SWIFT) test $(TEST_FLAGS) --scratch-path .build-test $(ARGS)

# Leaks are not looked for: Swift tags its references, so globals look leaked, and the C kernels allocate nothing.
asan: setup ## run the tests under the address sanitizer, C kernels included
	ASAN_OPTIONS=detect_leaks=0 $(SWIFT) test $(TEST_FLAGS) --sanitize=address -Xcc -fsanitize=address --scratch-path .build-asan $(ARGS)

coverage: setup ## run the tests and report the lines they reach, C kernels included
	$(SWIFT) test --disable-xctest --enable-code-coverage -Xcc -fprofile-instr-generate -Xcc -fcoverage-mapping \
		--scratch-path .build-coverage $(ARGS)
	@./scripts/coverage.sh .build-coverage

docs: setup ## build the reference of the public API as static pages
	@./scripts/docs.sh $(SWIFT)

format: ## bring all Swift sources into the checked-in format
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

lint: ## complain about what is not in the checked-in format
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

clean: ## remove everything that was built
	rm -rf .build .build-test .build-asan .build-coverage .build-docs
