#!/usr/bin/env bash
# age-encryption 0.3.1 for Node.js and pyrage 1.4.0 for Python, seen in December 2026: without a recipient, the one for
# Node.js encrypts to nobody, without an error: a file in due form that no key can ever decrypt. The one for Python refuses,
# as the age command does. An empty list of recipients, such as from an unset variable, loses the secret.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . age-encryption@0.3.1 >/dev/null
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyrage==1.4.0
cat >main.mjs <<'JS'
import { Encrypter } from "age-encryption";

const encrypter = new Encrypter();
for (const recipient of (process.env.UNSET ?? "").split(",").filter(Boolean)) encrypter.addRecipient(recipient);
const [format, ...rest] = new TextDecoder("latin1").decode(await encrypter.encrypt("planted")).split("\n");
console.log(format, "recipients:", rest.filter((line) => line.startsWith("->")).length);
JS
node=$(node main.mjs)
python=$(venv/bin/python -c '
import pyrage

try:
    print(len(pyrage.encrypt(b"planted", [])))
except pyrage.EncryptError as error:
    print(error)
')
echo "Node.js: $node"
echo "Python: $python"
[ "$node" = "age-encryption.org/v1 recipients: 0" ] && [ "$python" = "Missing recipients." ]
