#!/usr/bin/env bash
# @pulumi/pulumi 3.276.0, seen in December 2026: a serialised function, such as a method of a dynamic provider, gets its
# captured variables anew at each call. A token that is kept in `let token` is fetched again every time, and a counter stays
# at 1. What is kept in a property of a captured object stays.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . @pulumi/pulumi@3.276.0 >/dev/null
cat >main.js <<'JS'
const { runtime } = require("@pulumi/pulumi");

async function calledTwice(written) {
  const { text, exportName } = await runtime.serializeFunction(written);
  const loaded = {};
  new Function("exports", "require", text)(loaded, require);
  return [loaded[exportName](), loaded[exportName]()].join(" ");
}

let variable = 0;
const property = { value: 0 };
calledTwice(() => (variable += 1))
  .then((seen) => console.log("in a variable:", seen))
  .then(() => calledTwice(() => (property.value += 1)))
  .then((seen) => console.log("in a property:", seen));
JS
seen=$(node main.js)
echo "$seen"
[ "$seen" = "in a variable: 1 1
in a property: 1 2" ]
