#!/usr/bin/env bash
# github.com/evanphx/json-patch/v5 v5.9.11 and json-merge-patch 1.0.2 for Node.js, seen in December 2026: a merge patch
# replaces a list as it is. In Go, a null member of an object in that list is taken out, though null stays as an element of
# the list. In Node.js both stay. Metadata with lists differs by the language of the server or the mock.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . json-merge-patch@1.0.2 >/dev/null
cat >go.mod <<'MOD'
module finding
go 1.24.0
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	jsonpatch "github.com/evanphx/json-patch/v5"
)

func main() {
	result, err := jsonpatch.MergePatch([]byte(`{}`), []byte(os.Args[1]))
	fmt.Println(string(result), err)
}
GO
go get github.com/evanphx/json-patch/v5@v5.9.11 >/dev/null 2>&1
patch='{"owners":[{"team":"infra","until":null},null]}'
go=$(GOFLAGS=-mod=mod go run . "$patch")
node=$(node -e 'console.log(JSON.stringify(require("json-merge-patch").apply({}, JSON.parse(process.argv[1]))))' "$patch")
echo "Go: $go"
echo "Node.js: $node"
[ "$go" = '{"owners":[{"team":"infra"},null]} <nil>' ] && [ "$node" = "$patch" ]
