#!/usr/bin/env bash
# ky 1.14.3, got 14.6.6 and urllib3 2.8.0, seen in December 2026: a server and a proxy may each add a Retry-After. From
# `Retry-After: 2` and `Retry-After: 10`, got reads 2 seconds. ky, on fetch, reads `2, 10` as the 10th of February 2001, and
# retries at once. urllib3 raises InvalidHeader, so the answer that had them is lost. A rate limit is hit harder, or the
# request fails.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . ky@1.14.3 got@14.6.6 >/dev/null
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check urllib3==2.8.0
cat >main.mjs <<'JS'
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { promisify } from "node:util";
import got from "got";
import ky from "ky";

let requests = 0;
const server = createServer((_, answer) => {
  requests += 1;
  answer.writeHead(requests === 1 ? 429 : 200, requests === 1 ? { "retry-after": ["2", "10"] } : {}).end();
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${server.address().port}/`;
for (const [name, get] of Object.entries({ got, ky })) {
  requests = 0;
  const start = Date.now();
  await get(url, { retry: { limit: 1 } });
  console.log(`${name}: ${requests} requests, ${Date.now() - start < 1500 ? "at once" : "after 2 seconds"}`);
}
requests = 0;
const python = `
import urllib3
try:
    urllib3.PoolManager().request("GET", "${url}", retries=urllib3.Retry(1))
except Exception as error:
    print("urllib3:", error)
`;
process.stdout.write((await promisify(execFile)("venv/bin/python", ["-c", python])).stdout);
process.exit();
JS
unset HTTP_PROXY http_proxy ALL_PROXY all_proxy
seen=$(node main.mjs)
echo "$seen"
[ "$seen" = "got: 2 requests, after 2 seconds
ky: 2 requests, at once
urllib3: Invalid Retry-After header: 2, 10" ]
