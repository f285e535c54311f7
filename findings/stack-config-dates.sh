#!/usr/bin/env bash
# github.com/pulumi/pulumi/sdk/v3 v3.274.1, seen in December 2026: a date without quotes in Pulumi.<stack>.yaml reaches the
# program as `2026-12-01 00:00:00 +0000 UTC`, and the next `pulumi config set` of any key writes that into the file. A whole
# number above 2^64 is rounded. A `rotation` that is a date, or an account of 20 digits, needs quotes.
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

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"gopkg.in/yaml.v3"
)

func main() {
	for _, written := range []string{"2026-12-01", `"2026-12-01"`, "99999999999999999999", "{rotation: 2026-12-01}"} {
		var read config.Map
		if err := yaml.Unmarshal([]byte("app:key: "+written), &read); err != nil {
			panic(err)
		}
		value, err := read[config.MustMakeKey("app", "key")].Value(config.NopDecrypter)
		again, _ := yaml.Marshal(read)
		fmt.Printf("%s => %s %v, written back: %q\n", written, value, err, again)
	}
}
GO
go get github.com/pulumi/pulumi/sdk/v3/go/common/resource/config@v3.274.1 gopkg.in/yaml.v3@v3.0.1 >/dev/null 2>&1
seen=$(GOFLAGS=-mod=mod go run .)
echo "$seen"
[ "$seen" = '2026-12-01 => 2026-12-01 00:00:00 +0000 UTC <nil>, written back: "app:key: 2026-12-01 00:00:00 +0000 UTC\n"
"2026-12-01" => 2026-12-01 <nil>, written back: "app:key: \"2026-12-01\"\n"
99999999999999999999 => 100000000000000000000 <nil>, written back: "app:key: \"100000000000000000000\"\n"
{rotation: 2026-12-01} => {"rotation":"2026-12-01 00:00:00 +0000 UTC"} <nil>, written back: "app:key:\n    rotation: 2026-12-01 00:00:00 +0000 UTC\n"' ]
