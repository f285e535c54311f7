#!/usr/bin/env bash
# @pulumi/pulumi 3.276.0 and pulumi 3.272.0 for Python, seen in December 2026: a function in `apply` that returns a list with
# a secret output gives its value, as a secret, in Node.js. In Python the list still has the output object in it, and is no
# secret; only an output that is returned itself is taken apart. A URL that is put together from it has "Calling __str__ on
# an Output" in it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . @pulumi/pulumi@3.276.0 >/dev/null
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pulumi==3.272.0
cat >main.js <<'JS'
const { output, secret } = require("@pulumi/pulumi");

async function main() {
  for (const returned of [secret("planted"), [secret("planted")]]) {
    const applied = output(1).apply(() => returned);
    console.log("Node.js:", JSON.stringify(await applied.promise()), await applied.isSecret);
  }
}

main();
JS
cat >main.py <<'PY'
import asyncio, pulumi

async def main():
    for returned in [pulumi.Output.secret("planted"), [pulumi.Output.secret("planted")]]:
        applied = pulumi.Output.from_input(1).apply(lambda _: returned)
        value = await applied.future()
        print("Python:", value if isinstance(value, str) else [type(each).__name__ for each in value], await applied.is_secret())

asyncio.run(main())
PY
{ node main.js && venv/bin/python -W ignore main.py; } >seen
cat seen
diff seen - <<'SEEN'
Node.js: "planted" true
Node.js: ["planted"] true
Python: planted True
Python: ['Output'] False
SEEN
