#!/usr/bin/env bash
# @pulumi/pulumi 3.276.0 and pulumi 3.272.0 for Python, seen in December 2026: with mocks, `newResource` gets a secret input
# as an object with two keys, the first of which is a fixed number in hexadecimal. If only a nested value is secret, the
# whole input is wrapped. A unit test that compares a token with its text fails, though no engine would show this.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . @pulumi/pulumi@3.276.0 >/dev/null
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pulumi==3.272.0
cat >inputs.js <<'JS'
const pulumi = require("@pulumi/pulumi");
const show = (inputs) => console.log(JSON.stringify(inputs, ["data", "token", "type", "4dabf18193072939515e22adb298388d", "value"]));
pulumi.runtime.setMocks({ newResource: ({ inputs }) => (show(inputs), { id: "1", state: inputs }), call: () => ({}) });
new pulumi.CustomResource("app:index:Secret", "planted", { data: { type: "token", token: pulumi.secret("planted") } });
JS
cat >inputs.py <<'PY'
import asyncio, json, pulumi

class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        print(json.dumps(args.inputs, separators=(",", ":"), sort_keys=True))
        return ["1", args.inputs]

    def call(self, args):
        return {}

async def program():
    pulumi.runtime.set_mocks(Mocks())
    data = {"type": "token", "token": pulumi.Output.secret("planted")}
    await pulumi.CustomResource("app:index:Secret", "planted", {"data": data}).urn.future()

asyncio.run(program())
PY
node=$(node inputs.js)
python=$(venv/bin/python -W ignore inputs.py)
echo "Node.js: $node"
echo "Python:  $python"
wrapped='{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","value":'
[ "$node" = '{"data":'"$wrapped"'{"token":"planted","type":"token"}}}' ] && [ "$python" = '{"data":'"$wrapped"'{"token":"planted","type":"token"}}}' ]
