#!/usr/bin/env bash
# Proves that the linters see what they are there for: copies the planted module
# of tools/testdata/lint beside the project's configuration, lints it, and
# compares the findings with the comments that say "want" and a linter's name.
set -euo pipefail

lint=$(go tool -modfile=tools/go.mod -n golangci-lint)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp -r tools/testdata/lint/. "$dir"
mv "$dir/go.mod.txt" "$dir/go.mod"
find "$dir" -name '*.go.txt' | while read -r f; do mv "$f" "${f%.txt}"; done
cp .golangci.yml "$dir"
cd "$dir"

GOFLAGS='' GOWORK=off "$lint" run --show-stats=false --output.text.print-issued-lines=false \
	--issues-exit-code 0 --output.text.path found.txt ./...
sed -nE 's/^([^:]+):([0-9]+)(:[0-9]+)?: .*\(([a-z]+)\)$/\1:\2 \4/p' found.txt | sort -u >got
grep -rnE '// .*want [a-z ]+$' --include '*.go' . |
	sed -E 's|^\./||; s/^([^:]+:[0-9]+):.*want ([a-z ]+)$/\1 \2/' |
	awk '{ for (i = 2; i <= NF; i++) print $1, $i }' | sort -u >want
if ! diff want got; then
	echo 'lint-planted: the linters do not find what is planted (< planted, > found)' >&2
	cat found.txt >&2
	exit 1
fi
printf 'lint-planted: %d planted violations found, nothing else\n' "$(wc -l <want)"
