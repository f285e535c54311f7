#!/usr/bin/env bash
# keyring 25.7.0 with keyrings.alt 5.0.2, seen in December 2026: the plaintext backend keeps one password for `Admin` and
# `admin` of a service. The second `keyring set` overwrites the first, both exit with 0, and `keyring get` of either prints
# the second. The name of the service is not folded so. Two secrets that differ in case only get the same value.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check keyring==25.7.0 keyrings.alt==5.0.2
export HOME="$folder" XDG_DATA_HOME="$folder/data" XDG_CONFIG_HOME="$folder/config"
export PYTHON_KEYRING_BACKEND=keyrings.alt.file.PlaintextKeyring
printf 'planted-1' | venv/bin/keyring set infra Admin
printf 'planted-2' | venv/bin/keyring set infra admin
printf 'planted-3' | venv/bin/keyring set Infra admin
seen="infra Admin: $(venv/bin/keyring get infra Admin)
infra admin: $(venv/bin/keyring get infra admin)
Infra admin: $(venv/bin/keyring get Infra admin)"
echo "$seen"
[ "$seen" = "infra Admin: planted-2
infra admin: planted-2
Infra admin: planted-3" ]
