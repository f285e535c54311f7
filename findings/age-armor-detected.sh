#!/usr/bin/env bash
# age-encryption 0.3.1 for Node.js and pyrage 1.4.0 for Python, seen in December 2026: pyrage decrypts an armored file
# (`-----BEGIN AGE ENCRYPTED FILE-----`) without being told, and the library for Node.js takes its first line for a version.
# pyrage takes an identity in small letters too, which the other does not know. The same script moved between the two fails.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . age-encryption@0.3.1 >/dev/null
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyrage==1.4.0
cat >main.mjs <<'JS'
import { writeFileSync } from "node:fs";
import { armor, Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";

const identity = await generateX25519Identity();
const encrypter = new Encrypter();
encrypter.addRecipient(await identityToRecipient(identity));
const armored = armor.encode(await encrypter.encrypt("planted"));
writeFileSync("identity", identity);
writeFileSync("planted.age", armored);
for (const written of [identity, identity.toLowerCase()]) {
  try {
    const decrypter = new Decrypter();
    decrypter.addIdentity(written);
    console.log("Node.js:", await decrypter.decrypt(new TextEncoder().encode(armored), "text"));
  } catch (error) {
    console.log("Node.js:", error.message);
  }
}
JS
node main.mjs >seen
venv/bin/python >>seen -c '
import pyrage

identity = open("identity").read()
for written in [identity, identity.lower()]:
    key = pyrage.x25519.Identity.from_str(written)
    print("Python:", pyrage.decrypt(open("planted.age", "rb").read(), [key]).decode())
'
cat seen
diff seen - <<'SEEN'
Node.js: invalid version -----BEGIN AGE ENCRYPTED FILE-----
Node.js: unrecognized identity type
Python: planted
Python: planted
SEEN
