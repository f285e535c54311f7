#!/usr/bin/env bash
# @dotenvx/dotenvx 2.38.2, seen in December 2026: `dotenvx encrypt` followed by `dotenvx decrypt` does not give the same file.
# "\$planted" is written back without its backslash, and the next `dotenvx get` expands it, to nothing. The value was right
# before, and while it was encrypted. Who decrypts a file to look at it, or to rotate its key, loses such values.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . @dotenvx/dotenvx@2.38.2 >/dev/null
dotenvx() { HOME="$folder" node_modules/.bin/dotenvx "$@" --quiet; }
printf 'TOKEN="\\$planted"\nOTHER="planted"\n' >.env
plain=$(dotenvx get TOKEN)
dotenvx encrypt
encrypted=$(dotenvx get TOKEN)
dotenvx decrypt
decrypted=$(dotenvx get TOKEN)
echo "plain: '$plain', encrypted: '$encrypted', decrypted: '$decrypted', in the file: $(grep TOKEN .env)"
[ "$plain" = '$planted' ] && [ "$encrypted" = '$planted' ] && [ "$decrypted" = "" ] && grep -qx 'TOKEN="$planted"' .env
