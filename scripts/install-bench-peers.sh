#!/bin/sh
# Installs what `make bench` measures against. What cannot be installed is named as skipped by the benchmark itself.
set -u

# Where servers are.
PATH=$PATH:/usr/sbin

missing=
for pair in rtpengine:rtpengine-daemon espeak-ng:espeak-ng kamailio:kamailio sipp:sip-tester; do
	command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair#*:}"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
	apt-get update -qq
	# shellcheck disable=SC2086 # the list is meant to be split
	env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends $missing && exit 0
fi
echo "install-bench-peers: install by hand for the comparison:$missing" >&2
