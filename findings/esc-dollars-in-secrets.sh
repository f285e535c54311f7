#!/usr/bin/env bash
# github.com/pulumi/esc v0.26.0, seen in December 2026: the text of an `fn::secret` is unescaped while it is plain, and not
# once it is encrypted. `fn::secret: pa$$word` is `pa$word` where the document is checked, and `pa$$word` where it is opened
# after it was stored. A password with two dollar signs in a row differs between the two, and so does its hash.
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

type noCipher struct{}

func (noCipher) Encrypt(_ context.Context, plain []byte) ([]byte, error)   { return plain, nil }
func (noCipher) Decrypt(_ context.Context, stored []byte) ([]byte, error) { return stored, nil }

func value(document []byte) any {
	ctx := context.Background()
	environment, _, err := eval.LoadYAMLBytes("planted", document)
	if err != nil {
		panic(err)
	}
	run, _ := esc.NewExecContext(map[string]esc.Value{})
	opened, _ := eval.EvalEnvironment(ctx, "planted", environment, noCipher{}, nil, nil, run)
	return opened.Properties["password"].Value
}

func main() {
	written := []byte("values:\n  password:\n    fn::secret: pa$$word\n")
	stored, err := eval.EncryptSecrets(context.Background(), "planted", written, noCipher{})
	fmt.Println(value(written), value(stored), err)
}
GO
go get github.com/pulumi/esc/eval@v0.26.0 >/dev/null 2>&1
seen=$(GOFLAGS=-mod=mod go run .)
echo "as written, as stored, error: $seen"
[ "$seen" = 'pa$word pa$$word <nil>' ]
