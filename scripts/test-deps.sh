#!/usr/bin/env bash
# Provides the programs that tests use besides Go. As root on Debian it installs
# what is missing; otherwise it says what is missing, and the tests that need it
# skip. The last line of output is the list for CLEARHOUR_REQUIRE: what is
# there, and what tests must therefore not skip. All else goes to stderr.
set -euo pipefail

# One line each: name, the program that proves it is there, the Debian package,
# and what goes untested without it.
deps='
chromium|chromium|chromium|the pages in a browser
'

say() { printf 'test-deps: %s\n' "$*" >&2; }

updated=no
install() {
	if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
		return 1
	fi
	export DEBIAN_FRONTEND=noninteractive
	if [ "$updated" = no ]; then
		apt-get update -qq >&2 || say "apt-get update failed, going on with the lists at hand"
		updated=yes
	fi
	apt-get install -y -qq --no-install-recommends "$1" >&2
}

present=''
while IFS='|' read -r name program package untested; do
	[ -n "$name" ] || continue
	if ! command -v "$program" >/dev/null; then
		say "$name is missing, installing the Debian package $package"
		install "$package" || say "$name could not be installed; $untested will not be tested. Install the Debian package $package."
	fi
	if command -v "$program" >/dev/null; then
		present="${present:+$present,}$name"
	fi
done <<<"$deps"

printf '%s\n' "$present"
