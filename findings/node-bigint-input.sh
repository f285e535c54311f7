#!/usr/bin/env bash
# @pulumi/pulumi 3.276.0, seen in December 2026: a BigInt that is passed to a resource arrives as an empty object, without an
# error or a warning, and so do a Date and a URL. `pulumi.jsonStringify` writes a Date as `{}`, where `JSON.stringify` writes
# its text. The state then holds `{}` for a long account number or the day of a rotation, and a later change of it is no diff.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . @pulumi/pulumi@3.276.0 >/dev/null
cat >inputs.js <<'JS'
const pulumi = require("@pulumi/pulumi");
pulumi.runtime.setMocks({
  newResource: ({ inputs }) => (console.log(JSON.stringify(inputs)), { id: "1", state: inputs }),
  call: () => ({}),
});
const day = new Date(0);
new pulumi.CustomResource("app:index:Planted", "planted", { account: 123456789012345678901n, day, site: new URL("https://a.example") });
pulumi.jsonStringify({ day }).apply((text) => console.log(text, JSON.stringify({ day })));
JS
seen=$(node inputs.js | sort)
echo "$seen"
[ "$seen" = '{"account":{},"day":{},"site":{}}
{"day":{}} {"day":"1970-01-01T00:00:00.000Z"}' ]
