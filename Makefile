# Everything the project does by one word. The web client is built first: the binary carries it.

CARGO ?= cargo
NPM ?= npm
FUZZ_SECONDS ?= 30
FLOOD_SECONDS ?= 3

.PHONY: run web build test bench flood fuzz check fmt

# The demo: one URL, a phone to call included.
run: web
	$(CARGO) run --release --package server --bin offhook

web: node_modules/.installed-lock.json
	$(NPM) run build --silent

node_modules/.installed-lock.json: package-lock.json
	$(NPM) ci --no-audit --no-fund --silent
	cp $< $@

build: web
	$(CARGO) build --workspace

# Ends with the calls through a real browser and real phones (tests/e2e).
test: build
	scripts/install-test-deps.sh
	$(NPM) test --silent
	$(CARGO) test --workspace

# The figures, beside rtpengine's from the same run where Debian's package is there, and beside other SIP crates'.
bench: web
	scripts/install-bench-peers.sh
	$(CARGO) build --release --package server --package bench
	$(CARGO) build --release --package sip-stack --examples
	target/release/bench target/release/offhook
	$(CARGO) run --release --manifest-path tests/bench/sip-peers/Cargo.toml --target-dir target/sip-peers -- target/bench.json

# Requests of each method as fast as one core sends them, FLOOD_SECONDS each, while good calls go on beside them.
flood: web
	$(CARGO) build --release --package server --package bench
	FLOOD_SECONDS=$(FLOOD_SECONDS) target/release/bench target/release/offhook flood

# Any bytes through everything that a stranger reaches, FUZZ_SECONDS for each target.
fuzz:
	FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/fuzz.sh

check: fmt build
	$(NPM) run check --silent
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	$(MAKE) test

fmt:
	$(CARGO) fmt --all --check
