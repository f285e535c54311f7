#!/usr/bin/env bash
# requests 2.34.2, httpx 0.28.1, aiohttp 3.14.5 and proxy-from-env 2.1.0, seen in December 2026: with
# NO_PROXY=api.example:443 a request to https://api.example/ goes to the proxy in all three Python clients, unless its URL
# has the port in it, and in httpx even then. Node.js, as Go, knows that https means 443. A token request goes through the proxy
# that it was to avoid.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . proxy-from-env@2.1.0 >/dev/null
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check requests==2.34.2 httpx==0.28.1 aiohttp==3.14.5
unset HTTP_PROXY ALL_PROXY NO_PROXY http_proxy all_proxy no_proxy HTTPS_PROXY
export https_proxy=http://proxy.example:3128 no_proxy=api.example:443
cat >proxied.py <<'PY'
import aiohttp.helpers, httpx, requests.utils, sys, yarl

url = sys.argv[1]
client = httpx.Client()
try:
    aiohttp.helpers.get_env_proxy_for_url(yarl.URL(url))
    found = True
except LookupError:
    found = False
print("requests", bool(requests.utils.get_environ_proxies(url)))
print("httpx", client._transport_for_url(httpx.URL(url)) is not client._transport)
print("aiohttp", found)
PY
for url in https://api.example/ https://api.example:443/; do
  echo "$url"
  venv/bin/python proxied.py "$url"
  node --input-type=module -e 'import { getProxyForUrl } from "proxy-from-env"; console.log("proxy-from-env", getProxyForUrl(process.argv[1]) !== "")' "$url"
done >seen
cat seen
diff seen - <<'SEEN'
https://api.example/
requests True
httpx True
aiohttp True
proxy-from-env false
https://api.example:443/
requests False
httpx True
aiohttp True
proxy-from-env false
SEEN
