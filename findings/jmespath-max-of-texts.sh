#!/usr/bin/env bash
# jmespath 0.16.0 for Node.js, seen in December 2026: `max` and `min` of texts compare them as a dictionary does, where
# `sort` beside them and JMESPath for Python 1.0.1 compare code points. Keys that sort by time, such as KSUIDs, have
# letters of both cases, so `max(versions[].id)` picks an old version, and `sort(versions[].id)[-1]` the newest.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . jmespath@0.16.0 >/dev/null
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check jmespath==1.0.1
cat > versions.json <<'JSON'
{ "versions": [{ "id": "36Zc9s7kRzX", "value": "older" }, { "id": "36bA1f0tQmW", "value": "newer" }, { "id": "36aB5d2uPnV", "value": "old" }] }
JSON
expression='[max(versions[].id), sort(versions[].id)[-1], min(versions[].id), sort(versions[].id)[0]]'
node=$(node -e '
const found = require("jmespath").search(JSON.parse(require("fs").readFileSync("versions.json", "utf8")), process.argv[1]);
console.log(found.join(" "));
' "$expression")
python=$(venv/bin/python -c '
import json, jmespath, sys
print(" ".join(jmespath.search(sys.argv[1], json.load(open("versions.json")))))
' "$expression")
echo "Node.js: max, last of sort, min, first of sort: $node"
echo "Python:  max, last of sort, min, first of sort: $python"
[ "$node" = "36Zc9s7kRzX 36bA1f0tQmW 36aB5d2uPnV 36Zc9s7kRzX" ] && [ "$python" = "36bA1f0tQmW 36bA1f0tQmW 36Zc9s7kRzX 36Zc9s7kRzX" ]
