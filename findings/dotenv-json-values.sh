#!/usr/bin/env bash
# dotenv 18.0.10, @dotenvx/dotenvx 2.38.2 and python-dotenv 1.2.4, seen in December 2026: TOKEN="{\"key\":\"planted\"}" is
# JSON in Python only. Both tools of Node.js keep the backslashes, though they turn `\n` into a newline. In single quotes it
# is the other way round: there Python alone makes one backslash of two. A service account in JSON needs single quotes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . dotenv@18.0.10 @dotenvx/dotenvx@2.38.2 >/dev/null
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check python-dotenv==1.2.4
cat >.env <<'ENV'
TOKEN="{\"key\":\"planted\"}"
SHARE='\\host\share'
ENV
for name in TOKEN SHARE; do
  node -e 'console.log("dotenv", require("dotenv").parse(require("fs").readFileSync(".env"))[process.argv[1]])' "$name"
  echo "dotenvx $(HOME="$folder" node_modules/.bin/dotenvx get "$name" --quiet)"
  venv/bin/python -c 'import dotenv, sys; print("python-dotenv", dotenv.dotenv_values(".env")[sys.argv[1]])' "$name"
done >seen
cat seen
diff seen - <<'SEEN'
dotenv {\"key\":\"planted\"}
dotenvx {\"key\":\"planted\"}
python-dotenv {"key":"planted"}
dotenv \\host\share
dotenvx \\host\share
python-dotenv \host\share
SEEN
