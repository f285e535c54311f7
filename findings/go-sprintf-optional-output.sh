#!/usr/bin/env bash
# github.com/pulumi/pulumi/sdk/v3 v3.274.1, seen in December 2026: `pulumi.Sprintf` of an optional text (StringPtr) writes
# its address in memory, not the text: `%v` gives `0xc000…`, which differs in each run, so that each `pulumi up` updates the
# resource; `%s` gives `%!s(*string=0xc000…)`. `Elem()` gives the text. Optional outputs such as a description are of this
# type.
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
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

type mocks struct{}

func (mocks) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	return "1", args.Inputs, nil
}
func (mocks) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

func main() {
	err := pulumi.RunErr(func(*pulumi.Context) error {
		var shown sync.WaitGroup
		text := pulumi.StringPtr("planted").ToStringPtrOutput()
		for _, written := range []pulumi.StringOutput{
			pulumi.Sprintf("%v", text), pulumi.Sprintf("%s", text), pulumi.Sprintf("%s", text.Elem()),
		} {
			shown.Add(1)
			written.ApplyT(func(seen string) string { fmt.Println(seen); shown.Done(); return seen })
			shown.Wait()
		}
		return nil
	}, pulumi.WithMocks("planted", "planted", mocks{}))
	if err != nil {
		panic(err)
	}
}
GO
go get github.com/pulumi/pulumi/sdk/v3/go/pulumi@v3.274.1 >/dev/null 2>&1
seen=$(GOFLAGS=-mod=mod go run .)
echo "$seen"
[ "$(sed 's/0x[0-9a-f]*/0x…/' <<<"$seen")" = '0x…
%!s(*string=0x…)
planted' ]
