#!/usr/bin/env bash
# ansible-core 2.17.14, seen in December 2026: `ansible-vault view` of a file without a newline at its end prints one, and
# `ansible-vault decrypt --output -` prints the file byte for byte. A value that must not end with a newline, such as a
# token in a header, differs between the two.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ansible-core==2.17.14
export HOME="$folder" LC_ALL=C.UTF-8
printf 'planted-passphrase' >passphrase
printf 'planted-token' >token
venv/bin/ansible-vault encrypt --vault-password-file passphrase token >/dev/null 2>&1
venv/bin/ansible-vault view --vault-password-file passphrase token >viewed
venv/bin/ansible-vault decrypt --vault-password-file passphrase --output - token >decrypted 2>/dev/null
echo "view: $(wc -c <viewed) bytes; decrypt: $(wc -c <decrypted) bytes; the file had 13"
[ "$(wc -c <viewed)" -eq 14 ] && [ "$(wc -c <decrypted)" -eq 13 ]
