#!/usr/bin/env bash
# @pulumi/pulumi 3.276.0 and pulumi 3.272.0 for Python, seen in December 2026: a function in `apply` may return a secret
# output, which is then taken apart. In a list that it returns, the output stays an object, and the whole is no secret. In a
# text that is put together from it stands "Calling [toString] on an [Output<T>]". `output()` around it takes it apart in
# Node.js and marks it as a secret, and `Output.from_input` in Python does too.
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
    for (const each of [applied, output(applied)]) {
      const value = await each.promise();
      console.log("Node.js:", [value].flat().map((part) => part.constructor.name).join(), await each.isSecret);
    }
  }
}

main();
JS
cat >main.py <<'PY'
import asyncio, pulumi

async def main():
    for returned in [pulumi.Output.secret("planted"), [pulumi.Output.secret("planted")]]:
        applied = pulumi.Output.from_input(1).apply(lambda _: returned)
        for each in [applied, pulumi.Output.from_input(applied)]:
            value = await each.future()
            print("Python:", type(value if isinstance(value, str) else value[0]).__name__, await each.is_secret())

asyncio.run(main())
PY
{ node main.js && venv/bin/python -W ignore main.py; } >seen
cat seen
diff seen - <<'SEEN'
Node.js: String true
Node.js: String true
Node.js: OutputImpl false
Node.js: String true
Python: str True
Python: str True
Python: Output False
Python: str True
SEEN
