#!/usr/bin/env bash
# golang.org/x/net v0.47.0, seen in December 2026: with NO_PROXY=[fd00::12] a request to http://[fd00::12]/ still goes to
# the proxy. Without the brackets, or with a port after them, it does not. Pulumi's CLI and other Go programs follow this.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat >go.mod <<'MOD'
module finding
go 1.24.0
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"net/url"

	"golang.org/x/net/http/httpproxy"
)

func main() {
	target, _ := url.Parse("http://[fd00::12]/")
	for _, list := range []string{"[fd00::12]", "fd00::12", "[fd00::12]:80"} {
		rules := httpproxy.Config{HTTPProxy: "http://proxy.example:3128", NoProxy: list}
		proxy, err := rules.ProxyFunc()(target)
		fmt.Println(list, proxy != nil, err)
	}
}
GO
go get golang.org/x/net@v0.47.0 >/dev/null 2>&1
seen=$(GOFLAGS=-mod=mod go run .)
echo "NO_PROXY, whether the proxy is used, error:"
echo "$seen"
[ "$seen" = "[fd00::12] true <nil>
fd00::12 false <nil>
[fd00::12]:80 false <nil>" ]
