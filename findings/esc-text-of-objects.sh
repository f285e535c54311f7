#!/usr/bin/env bash
# github.com/pulumi/esc v0.26.0, seen in December 2026: an object or a list in a text is written as `"key"="value"` and
# `"a","b"`, which is neither JSON nor YAML. `fn::toString` writes the same. A token that is one level deeper than the
# reference says gives a plausible text with its name in it. `fn::toJSON` writes JSON.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat >go.mod <<'MOD'
module finding
go 1.25.8
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"

	"github.com/pulumi/esc"
	"github.com/pulumi/esc/eval"
)

const document = `values:
  database: { user: app, password: planted }
  hosts: [a, b]
  nested: { hosts: ["${hosts[0]}"] }
  object: "Bearer ${database}"
  list: "${hosts} "
  deep: { fn::toString: "${nested}" }
  json: { fn::toJSON: "${database}" }
`

func main() {
	environment, _, err := eval.LoadYAMLBytes("planted", []byte(document))
	if err != nil {
		panic(err)
	}
	run, _ := esc.NewExecContext(map[string]esc.Value{})
	opened, _ := eval.EvalEnvironment(context.Background(), "planted", environment, nil, nil, nil, run)
	for _, name := range []string{"object", "list", "deep", "json"} {
		fmt.Printf("%s: %s\n", name, opened.Properties[name].Value)
	}
}
GO
go get github.com/pulumi/esc/eval@v0.26.0 >/dev/null 2>&1
seen=$(GOFLAGS=-mod=mod go run .)
echo "$seen"
[ "$seen" = 'object: Bearer "password"="planted","user"="app"
list: "a","b" 
deep: "hosts"="\"a\""
json: {"password":"planted","user":"app"}' ]
