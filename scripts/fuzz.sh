#!/bin/sh
# Runs each fuzz target for FUZZ_SECONDS, from its seeds and what earlier runs have found. A finding stops it and
# stays in tests/fuzz/artifacts. Only a stable compiler is needed: RUSTC_BOOTSTRAP unlocks the flags of libFuzzer.
set -eu
cd "$(dirname "$0")/../tests/fuzz"

seconds=${FUZZ_SECONDS:-30}
testdata=../../../shared/testdata
export RUSTC_BOOTSTRAP=1

PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
command -v cargo-fuzz >/dev/null 2>&1 || cargo install --locked cargo-fuzz

# Messages and descriptions as the RFCs print them, where they lie beside the checkout.
gather() {
	target=$1 folder=$testdata/$2 pattern=$3
	mkdir -p "corpus/$target"
	[ -d "$folder" ] || return 0
	find "$folder" -name "$pattern" -type f | while IFS= read -r file; do
		copy=corpus/$target/$(printf %s "${file#"$testdata"/}" | tr / _)
		[ -e "$copy" ] || cp "$file" "$copy"
	done
}
for target in sip_datagram sip_stream; do
	gather $target sip-rfc-messages '*.sip'
	gather $target sip-rfc4475-torture '*.dat'
done
gather sdp sdp-rfc '*.sdp'
gather signalling json '*.json'

cargo fuzz build --fuzz-dir .
for target in ${FUZZ_TARGETS:-$(cargo fuzz list --fuzz-dir .)}; do
	mkdir -p "corpus/$target" "seeds/$target"
	echo "fuzz: $target for $seconds s"
	cargo fuzz run --fuzz-dir . "$target" "corpus/$target" "seeds/$target" -- \
		-max_total_time="$seconds" -timeout=10 -verbosity=0 -print_funcs=0 -print_final_stats=1
done
