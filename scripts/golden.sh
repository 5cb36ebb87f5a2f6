#!/usr/bin/env bash
# Rewrites the expected outputs of scenario and golden files: runs the tests
# that know the flag -rewrite, which are those that import internal/script.
# Read the result as a diff before committing it.
set -euo pipefail

helper="$(go list -m)/internal/script"
packages=$(go list -e -f '{{range .TestImports}}{{$.ImportPath}} {{.}}{{"\n"}}{{end}}{{range .XTestImports}}{{$.ImportPath}} {{.}}{{"\n"}}{{end}}' ./... |
	awk -v helper="$helper" '$2 == helper { print $1 }' | sort -u)
# shellcheck disable=SC2086 # The list is one word per package.
go test -count=1 ${packages} "$helper" -rewrite
git diff --stat -- '*/testdata/*'
