#!/usr/bin/env bash
# Builds the page from src into the directory given, web/dist if none. It needs
# Go and nothing else: the bundler is a tool of tools/go.mod. It is run from the
# root of the repository.
set -euo pipefail

out="${1:-web/dist}"
mkdir -p "$out"
go tool -modfile=tools/go.mod esbuild web/src/main.ts web/src/app.css \
	--bundle --minify --target=es2022 --format=iife --charset=utf8 --log-level=warning \
	--entry-names=[name] --external:inter.woff2 --outdir="$out"
mv "$out/main.js" "$out/app.js"
cp web/src/index.html web/src/icon.svg web/src/inter.woff2 web/src/inter-OFL.txt "$out/"
