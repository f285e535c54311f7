#!/usr/bin/env bash
# github.com/pulumi/pulumi/sdk/v3 v3.274.1, seen in December 2026: `PropertyMap.Mappable` makes plain Go values of everything
# but secrets, unknowns and outputs, which it leaves in Pulumi's types. As JSON a secret is then `{"Element":{"V":…}}`, and an
# unknown value looks the same. A provider in Go that sends the result to an API sends an object instead of a token.
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
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func main() {
	properties := resource.PropertyMap{
		"name":    resource.NewStringProperty("planted"),
		"token":   resource.MakeSecret(resource.NewStringProperty("planted")),
		"unknown": resource.MakeComputed(resource.NewStringProperty("")),
	}
	body, err := json.Marshal(properties.Mappable())
	fmt.Println(string(body), err)
}
GO
go get github.com/pulumi/pulumi/sdk/v3/go/common/resource@v3.274.1 >/dev/null 2>&1
seen=$(GOFLAGS=-mod=mod go run .)
echo "$seen"
[ "$seen" = '{"name":"planted","token":{"Element":{"V":"planted"}},"unknown":{"Element":{"V":""}}} <nil>' ]
