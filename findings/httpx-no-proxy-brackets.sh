#!/usr/bin/env bash
# httpx 0.28.1, seen in December 2026: one entry with an IPv6 address in brackets or an IPv6 range in NO_PROXY makes every
# client fail when it is made, whatever it would request. Without a proxy variable too. Go and Node.js ignore such entries or
# honour them, so the same environment works for Pulumi and stops a Python program that sets secrets up.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check httpx==0.28.1
unset HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy
for list in "[fd00::12]" "localhost,[::1]:8443" "fd00::/8" "fd00::12" "10.0.0.0/8"; do
  NO_PROXY="$list" venv/bin/python -c '
import httpx, os

try:
    httpx.Client()
    print(os.environ["NO_PROXY"], "fine")
except Exception as error:
    print(os.environ["NO_PROXY"], type(error).__name__)
'
done >seen
cat seen
diff seen - <<'SEEN'
[fd00::12] InvalidURL
localhost,[::1]:8443 InvalidURL
fd00::/8 InvalidURL
fd00::12 fine
10.0.0.0/8 fine
SEEN
