#!/usr/bin/env bash
# @pulumi/pulumi 3.276.0 and pulumi 3.272.0 for Python, seen in December 2026: `concat` of a number raises TypeError in
# Python, and joins it in Node.js. A missing value raises too, where Node.js joins nothing, and `interpolate` beside it
# writes `undefined`. A connection string with a port that is moved to Python fails, or had no password in it before.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . @pulumi/pulumi@3.276.0 >/dev/null
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pulumi==3.272.0
node=$(node -e '
const { concat, interpolate } = require("@pulumi/pulumi");
const texts = [concat("db:", 5432), concat("db:", undefined), interpolate`db:${undefined}`];
Promise.all(texts.map((text) => text.promise())).then((all) => console.log(all.join(" ")));
')
python=$(venv/bin/python -W ignore -c '
import asyncio, pulumi

async def text(make):
    try:
        return await make().future()
    except TypeError as error:
        return str(error)

async def program():
    for make in [lambda: pulumi.Output.concat("db:", 5432), lambda: pulumi.Output.concat("db:", None),
                 lambda: pulumi.Output.format("db:{0}", None)]:
        print(await text(make))

asyncio.run(program())
')
echo "Node.js: $node"
echo "Python: $python"
[ "$node" = "db:5432 db: db:undefined" ] && [ "$python" = "sequence item 1: expected str instance, int found
sequence item 1: expected str instance, NoneType found
db:None" ]
