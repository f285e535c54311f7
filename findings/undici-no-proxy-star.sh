#!/usr/bin/env bash
# undici 7.30.2, seen in December 2026: a star in NO_PROXY turns the proxy off only if it is the whole list. In
# `internal.example,*` it has no meaning, where proxy-from-env and Go take it for every host. And a bare end of an address
# is enough: `0.1` matches 127.0.0.1. Requests with credentials go another way in fetch than in axios.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . undici@7.30.2 proxy-from-env@2.1.0 >/dev/null
unset HTTPS_PROXY ALL_PROXY https_proxy all_proxy http_proxy no_proxy
cat >main.mjs <<'JS'
import { createServer } from "node:http";
import { EnvHttpProxyAgent, request } from "undici";
import { getProxyForUrl } from "proxy-from-env";

const listening = (server) => new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));
let proxied = false;
const proxy = createServer((_, answer) => ((proxied = true), answer.end()));
proxy.on("connect", (_, socket) => ((proxied = true), socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n")));
const target = createServer((_, answer) => answer.end());
process.env.HTTP_PROXY = `http://127.0.0.1:${await listening(proxy)}`;
const url = `http://127.0.0.1:${await listening(target)}/`;
for (const list of ["*", "internal.example,*", "0.1", "7.0.0.1", "127.0.0"]) {
  process.env.NO_PROXY = list;
  proxied = false;
  await request(url, { dispatcher: new EnvHttpProxyAgent() }).catch(() => undefined);
  console.log(`${list}: undici ${proxied ? "proxy" : "direct"}, proxy-from-env ${getProxyForUrl(url) ? "proxy" : "direct"}`);
}
process.exit();
JS
seen=$(node main.mjs)
echo "$seen"
[ "$seen" = "*: undici direct, proxy-from-env direct
internal.example,*: undici proxy, proxy-from-env direct
0.1: undici direct, proxy-from-env proxy
7.0.0.1: undici proxy, proxy-from-env proxy
127.0.0: undici proxy, proxy-from-env proxy" ]
