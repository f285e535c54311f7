#!/usr/bin/env bash
# @pulumi/pulumi 3.276.0 on Node.js 20 or later, seen in December 2026: in a program in JavaScript, `??=` and a static block
# in a dynamic provider fail with "could not be parsed", until `typescript` is installed beside it: without it, the SDK takes
# its own TypeScript 3.8. The program itself never mentions TypeScript.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . @pulumi/pulumi@3.276.0 >/dev/null
cat >main.js <<'JS'
const { runtime } = require("@pulumi/pulumi");

let token;
const read = () => (token ??= "planted");
class Client {
  static {
    this.token = "planted";
  }
}
const parsed = (written) =>
  runtime.serializeFunction(written).then(
    () => "fine",
    (error) => /could not be parsed/.exec(error.message)?.[0] ?? error.message,
  );

async function main() {
  console.log("??=", await parsed(() => read()));
  console.log("static", await parsed(() => Client.token));
}

main();
JS
without=$(node main.js)
npm install --silent --no-audit --no-fund --prefix . typescript@5.9.3 >/dev/null
with=$(node main.js)
printf 'Without typescript:\n%s\nWith it:\n%s\n' "$without" "$with"
[ "$without" = "??= could not be parsed
static could not be parsed" ] && [ "$with" = "??= fine
static fine" ]
