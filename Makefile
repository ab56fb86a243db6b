# The one entry point. `make help` lists the targets.

SWIFT      ?= swift
DATASETS   ?= ../shared/datasets
ARGS       ?=
MASSBANK   := $(DATASETS)/massbank-full
# The peers search MassBank's positive spectra where they are, and simulated peptides elsewhere.
PEER_SPECTRA := $(if $(wildcard $(MASSBANK)),--library $(MASSBANK)/library_pos.msp.gz \
	--queries $(MASSBANK)/queries_dev_pos.msp.gz)
PACKAGES   := libgmp-dev libopenblas-dev zlib1g-dev
# What the job runner needs besides.
SERVICE_PACKAGES := libsqlite3-dev
MSFHE      := .build/release/msfhe
BENCH      := $(SWIFT) run -c release --package-path Benchmarks msfhe-bench
SOURCES    := Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources Benchmarks/Tests \
	Checks/Package.swift Checks/Sources
# Tests in which threads share an object.
SHARING_TESTS := StorageTests|SpectralSearchTests.RankingTests|RLWETests.EncryptionTests|SearchTests/scoresAre
SHARING_TESTS := $(SHARING_TESTS)|ReleaseGateTests/counting|EvaluatorTests/concurrency|PolynomialEvaluationTests/degrees
# What each fuzz target gets.
SECONDS    ?= 10
# Those that load a server at a time.
CLIENTS    ?= 200

# Tests are optimised like the product (unoptimised C is ten times slower), and see package-level declarations.
TEST_FLAGS := -c release -Xswiftc -enable-testing --disable-xctest
# The job runner's flag. All tests are built with it once: a build of their own would build everything else again.
SERVICE_FLAGS := --traits Service
TSAN_FLAGS := -c release -Xswiftc -enable-testing --disable-xctest --sanitize=thread -Xcc -fsanitize=thread \
	--scratch-path .build-tsan
# SwiftPM passes sanitizers on in the order of a set: without the variable, most builds would begin anew.
BUILD_CHECKS := SWIFT_DETERMINISTIC_HASHING=1 $(SWIFT) build -c release -Xswiftc -enable-testing --package-path Checks

.PHONY: help setup setup-service build build-service demo serve soak test bench peers bench-test results embedding asan tsan \
	fuzz ct coverage docs format lint clean

help:
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: ## install what is missing of the C libraries (Debian, Ubuntu)
	@./scripts/setup.sh $(PACKAGES)

build: setup ## build the program, optimised
	$(SWIFT) build -c release --product msfhe

demo: build ## identify simulated peptide spectra by encrypted search
	$(MSFHE) demo $(ARGS)

setup-service: setup
	@./scripts/setup.sh $(SERVICE_PACKAGES)

test: setup-service ## run every test, the job runner's included, optimised
	$(SWIFT) test $(TEST_FLAGS) $(SERVICE_FLAGS) --scratch-path .build-test $(ARGS)

# The program with the commands of the job runner, from the folder of the tests, which are built with them, too.
SERVICE_MSFHE := .build-test/release/msfhe
build-service: setup-service
	$(SWIFT) build -c release -Xswiftc -enable-testing $(SERVICE_FLAGS) --scratch-path .build-test --product msfhe

serve: build-service ## serve a demonstration library on this machine, port PORT=8420
	@./scripts/serve.sh $(SERVICE_MSFHE)

soak: SECONDS = 120
soak: setup-service ## load a server on this machine, SECONDS=120 CLIENTS=200: sudden deaths, requests of every kind
	MSFHE_SOAK_SECONDS=$(SECONDS) MSFHE_SOAK_CLIENTS=$(CLIENTS) $(SWIFT) test $(TEST_FLAGS) $(SERVICE_FLAGS) \
		--scratch-path .build-test --no-parallel \
		--filter 'SoakTests|SuddenDeathTests|FaultTests|SlowClientTests|AuditHandoverTests'
	@./scripts/setup.sh python3-venv curl
	@./scripts/soak.sh $(SERVICE_MSFHE) $(SECONDS) .venv-soak

bench: setup ## measure this machine's kernels and searches; ARGS are handed on
	$(BENCH) $(ARGS)

peers: setup ## measure plaintext and encrypted peers on the same work, into one report; ARGS are handed on
	@python3 -c 'import ensurepip, venv' 2>/dev/null || ./scripts/setup.sh python3-venv
	$(SWIFT) build -c release --package-path Benchmarks --product msfhe-bench
	python3 Benchmarks/peers/prepare.py Benchmarks/.venv
	Benchmarks/.venv/bin/python Benchmarks/peers/measure.py --bench Benchmarks/.build/release/msfhe-bench \
		$(PEER_SPECTRA) $(ARGS)

bench-test: setup ## run the tests of the benchmark harness
	$(SWIFT) test -c release --package-path Benchmarks --scratch-path Benchmarks/.build-test

results: build ## write the results of a simulated run, and read them back with pyteomics and jsonschema
	@python3 -c 'import ensurepip, venv' 2>/dev/null || ./scripts/setup.sh python3-venv
	@./scripts/results.sh $(MSFHE) Checks/.venv

embedding: ## check that a package which embeds the engine fetches nothing of the service
	@./scripts/embedding.sh $(SWIFT)

# Leaks are not looked for: Swift tags its references, so globals look leaked, and the C kernels allocate nothing.
asan: setup ## run the tests under the address sanitizer, C kernels included
	ASAN_OPTIONS=detect_leaks=0 $(SWIFT) test $(TEST_FLAGS) --sanitize=address -Xcc -fsanitize=address --scratch-path .build-asan $(ARGS)

# What one object does for many threads: the other tests would say nothing more, at ten times their time.
tsan: setup ## run the tests of what threads share under the thread sanitizer, C kernels included
	$(SWIFT) build --build-tests $(TSAN_FLAGS)
	@./scripts/thread-sanitizer.sh .build-tsan/tests.log $(SWIFT) test --skip-build $(TSAN_FLAGS) \
		--filter '$(SHARING_TESTS)' $(ARGS)

# Of several -sanitize the Swift compiler takes the last, which has to name both: otherwise nothing is said about which
# branches an input takes, and fuzzing is blind.
fuzz: setup ## feed every parser with bad input, each for SECONDS=10
	$(BUILD_CHECKS) --product msfhe-fuzz --scratch-path Checks/.build-fuzz --sanitize=fuzzer --sanitize=address \
		-Xswiftc -sanitize=address,fuzzer -Xcc -fsanitize=fuzzer-no-link,address
	@./scripts/fuzz.sh Checks/.build-fuzz/release/msfhe-fuzz $(SECONDS) Checks/.fuzz

# Debug information is left out, as older valgrinds stumble over that of newer compilers.
ct: setup ## check under valgrind that no branch and no address depends on a secret
	@./scripts/setup.sh valgrind
	$(BUILD_CHECKS) --product msfhe-ct --scratch-path Checks/.build-ct -Xlinker --strip-debug
	@./scripts/constant-time.sh Checks/.build-ct/release/msfhe-ct

coverage: setup ## run the tests and report the lines they reach, C kernels included
	$(SWIFT) test --disable-xctest --enable-code-coverage -Xcc -fprofile-instr-generate -Xcc -fcoverage-mapping \
		--scratch-path .build-coverage $(ARGS)
	@./scripts/coverage.sh .build-coverage

docs: setup ## build the reference of the public API as static pages
	@./scripts/docs.sh $(SWIFT)

format: ## bring all Swift sources into the checked-in format
	$(SWIFT) format --in-place --recursive --parallel $(SOURCES)

lint: ## complain about what is not in the checked-in format
	$(SWIFT) format lint --strict --recursive --parallel $(SOURCES)

clean: ## remove everything that was built
	rm -rf .build .build-test .build-asan .build-tsan .build-coverage .build-docs \
		Benchmarks/.build Benchmarks/.build-test Benchmarks/.venv \
		Checks/.build-fuzz Checks/.build-ct Checks/.fuzz Checks/.venv
