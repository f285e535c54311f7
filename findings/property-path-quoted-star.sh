#!/usr/bin/env bash
# github.com/pulumi/pulumi/sdk/v3 v3.274.1, seen in December 2026: in a property path, a key `*` in quotes covers every key
# where the engine ignores changes (`ignoreChanges: ['metadata["*"]']`), while reading with the same path takes the key that
# is literally `*`. And a key that ends with a backslash is printed as a path that cannot be parsed. Metadata of secrets may
# have such keys.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat >go.mod <<'MOD'
module finding
go 1.25.6
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func main() {
	star, _ := resource.ParsePropertyPath(`metadata["*"]`)
	metadata := func(value string) resource.PropertyMap {
		return resource.NewPropertyMapFromMap(map[string]any{"metadata": map[string]any{"team": value, "*": value + " literal"}})
	}
	read, _ := star.Get(resource.NewObjectProperty(metadata("new")))
	ignored := metadata("new")
	star.Reset(metadata("old"), ignored)
	fmt.Println(read.StringValue(), ignored.Mappable())

	printed := resource.PropertyPath{"metadata", `share\`}.String()
	_, err := resource.ParsePropertyPath(printed)
	fmt.Println(printed, err)
}
GO
go get github.com/pulumi/pulumi/sdk/v3/go/common/resource@v3.274.1 >/dev/null 2>&1
seen=$(GOFLAGS=-mod=mod go run .)
echo "$seen"
[ "$seen" = 'new literal map[metadata:map[*:old literal team:old]]
metadata["share\"] missing closing quote in property name' ]
