#!/usr/bin/env bash
# github.com/pulumi/pulumi/sdk/v3 v3.274.1, seen in December 2026: `pulumi config set --path` makes a number of a text with a
# plus sign, which is then gone: `+4930123456` is stored as 4930123456, and `-0` as 0. `0123` and `1.0` remain texts, and so
# does everything without `--path` or with `--secret`. Usernames that are telephone numbers need `--type string`.
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

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
)

func stored(value config.Value, path bool) string {
	values := config.Map{}
	if err := values.Set(config.MustMakeKey("app", "logins.name"), value, path); err != nil {
		panic(err)
	}
	written, _ := json.Marshal(values)
	return string(written)
}

func main() {
	for _, text := range []string{"+4930123456", "-0", "0123", "1.0"} {
		fmt.Println(text, stored(config.NewValue(text), true))
	}
	fmt.Println("without --path", stored(config.NewValue("+4930123456"), false))
	fmt.Println("with --secret", stored(config.NewSecureValue("+4930123456"), true))
	fmt.Println("with --type string", stored(config.NewTypedValue("+4930123456", config.TypeString), true))
}
GO
go get github.com/pulumi/pulumi/sdk/v3/go/common/resource/config@v3.274.1 >/dev/null 2>&1
seen=$(GOFLAGS=-mod=mod go run .)
echo "$seen"
[ "$seen" = '+4930123456 {"app:logins":{"name":4930123456}}
-0 {"app:logins":{"name":0}}
0123 {"app:logins":{"name":"0123"}}
1.0 {"app:logins":{"name":"1.0"}}
without --path {"app:logins.name":"+4930123456"}
with --secret {"app:logins":{"name":{"secure":"+4930123456"}}}
with --type string {"app:logins":{"name":"+4930123456"}}' ]
