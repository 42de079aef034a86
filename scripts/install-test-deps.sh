#!/bin/sh
# Installs what the tests drive: Chromium, SIPp, baresip, Kamailio and PostgreSQL from Debian's archive, and
# playwright-core, JsSIP and SIP.js from npm. Does nothing where all of it is there already.
set -eu
cd "$(dirname "$0")/.."

# Where servers are; Debian keeps PostgreSQL's in a folder for each version.
PATH=$PATH:/usr/sbin
for folder in /usr/lib/postgresql/*/bin; do
	PATH=$PATH:$folder
done

missing=
for pair in chromium:chromium sipp:sip-tester baresip:baresip-core kamailio:kamailio postgres:postgresql openssl:openssl; do
	command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair#*:}"
done

if [ -n "$missing" ]; then
	as_root=
	if [ "$(id -u)" != 0 ]; then
		as_root=sudo
		command -v sudo >/dev/null 2>&1 || {
			echo "install-test-deps: run as root, or install by hand:$missing" >&2
			exit 1
		}
	fi
	command -v apt-get >/dev/null 2>&1 || {
		echo "install-test-deps: no apt-get here; install by hand:$missing" >&2
		exit 1
	}
	$as_root apt-get update -qq
	# shellcheck disable=SC2086 # the list is meant to be split
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends $missing
fi

for tool in node npm; do
	command -v $tool >/dev/null 2>&1 || {
		echo "install-test-deps: $tool is missing; install Node.js 20 or newer" >&2
		exit 1
	}
done

driver=tests/e2e/node_modules
if ! cmp -s tests/e2e/package-lock.json "$driver/.installed-lock.json"; then
	npm ci --prefix tests/e2e --no-audit --no-fund --silent
	cp tests/e2e/package-lock.json "$driver/.installed-lock.json"
fi
