#!/usr/bin/env bash
# json-merge-patch 0.3.0 for Python and json-merge-patch 1.0.2 for Node.js, seen in December 2026: in Python a change from 1
# to true, or from 0 to false, gives an empty patch, since `1 == True` there. The package of the same name in Node.js gives
# the new value. A PATCH of a secret's metadata that is made so never arrives, and the drift stays.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . json-merge-patch@1.0.2 >/dev/null
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check json-merge-patch==0.3.0
python=$(venv/bin/python -c '
import json, json_merge_patch
print(json.dumps(json_merge_patch.create_patch({"metadata": {"shared": 0, "old": 1}}, {"metadata": {"shared": False, "old": True}})))
')
node=$(node -e '
const { generate } = require("json-merge-patch");
console.log(JSON.stringify(generate({ metadata: { shared: 0, old: 1 } }, { metadata: { shared: false, old: true } })));
')
echo "Python: $python"
echo "Node.js: $node"
[ "$python" = "{}" ] && [ "$node" = '{"metadata":{"shared":false,"old":true}}' ]
