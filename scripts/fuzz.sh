#!/usr/bin/env bash
# Runs every fuzz target of the module for the time given (default 20s), one
# after the other, and fails if one of them finds something. A finding is
# written to the target's testdata/fuzz and should be committed with its fix.
set -euo pipefail

fuzztime=${1:-20s}
failed=0
count=0
module=$(go list -m)
while IFS=: read -r file target; do
	count=$((count + 1))
	package="$module/$(dirname "$file")"
	printf 'fuzz %s %s for %s\n' "$package" "$target" "$fuzztime"
	go test -run '^$' -fuzz "^$target\$" -fuzztime "$fuzztime" "$package" || failed=$((failed + 1))
done < <(find . -name '*_test.go' -not -path '*/testdata/*' -not -path './tools/*' -print0 |
	xargs -0 grep -oE '^func Fuzz[A-Za-z0-9_]*' /dev/null | sed 's|^\./||; s|:func |:|' | sort)

printf 'fuzz: %d targets, %d with findings\n' "$count" "$failed"
[ "$failed" -eq 0 ]
