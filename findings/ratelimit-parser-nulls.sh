#!/usr/bin/env bash
# ratelimit-header-parser 0.1.0, seen in December 2026: a `RateLimit` header in the form of today's draft
# (`"default";r=50;t=30`) gives an object in which every number is null, not `undefined` as for no header. A reset in
# milliseconds is a day in the year 55840, and names in capitals in a plain object are not found at all. A client that
# waits "until the reset" does not wait, or waits for ever.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . ratelimit-header-parser@0.1.0 >/dev/null
cat >main.mjs <<'JS'
import { parseRateLimit } from "ratelimit-header-parser";

const show = (headers) => console.log(JSON.stringify(parseRateLimit(headers)) ?? "undefined");
show({ ratelimit: '"default";r=50;t=30', "ratelimit-policy": '"default";q=100;w=60' });
show({});
show({ "x-ratelimit-limit": "100", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000000000" });
show({ "X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1700000000" });
JS
seen=$(node main.mjs)
echo "$seen"
[ "$seen" = '{"limit":null,"used":null,"remaining":null,"reset":null}
undefined
{"limit":100,"used":100,"remaining":0,"reset":"+055840-11-08T22:13:20.000Z"}
undefined' ]
