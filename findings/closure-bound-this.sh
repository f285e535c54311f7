#!/usr/bin/env bash
# @pulumi/pulumi 3.276.0, seen in December 2026: a function that was bound with `bind(object)` has no `this` once it is
# serialised, and says nothing: it returns undefined. Arguments that were bound stay. If it was written as a method, the
# serialisation fails instead. A callback that is bound to a client with a token finds no token.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . @pulumi/pulumi@3.276.0 >/dev/null
cat >main.js <<'JS'
const { runtime } = require("@pulumi/pulumi");

const client = {
  token: "planted",
  written(last) {
    return String(this?.token) + last;
  },
  assigned: function (first, last) {
    return String(this?.token) + first + last;
  },
};
const assigned = client.assigned.bind(client, "-bound");
const written = client.written.bind(client);

async function show(name, called) {
  try {
    const { text, exportName } = await runtime.serializeFunction(called);
    const loaded = {};
    new Function("exports", "require", text)(loaded, require);
    console.log(`${name}: here ${called()}, serialised ${loaded[exportName]()}`);
  } catch (error) {
    console.log(`${name}: here ${called()}, ${error.message.includes("could not be serialized") ? "not serialised" : error.message}`);
  }
}

show("assigned", () => assigned("!")).then(() => show("written", () => written("!")));
JS
seen=$(node main.js)
echo "$seen"
[ "$seen" = "assigned: here planted-bound!, serialised undefined-bound!
written: here planted!, not serialised" ]
