#!/usr/bin/env bash
# keycardai-api 0.18.0, seen in December 2026: `base_url` moves every request of Keycard's Python client but that for the
# token, whose address is fixed. And a lifetime of the token that is a text (`"expires_in": "3600"`) is reported as
# "Connection error.". A test with a stand-in of the API needs a transport of its own, or an API key.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check keycardai-api==0.18.0 httpx==0.28.1
cat >main.py <<'PY'
import httpx
from keycardai_api import APIError, KeycardAPI

def request_with(lifetime):
    def answer(request):
        print(request.method, request.url)
        return httpx.Response(200, json={"access_token": "planted", "token_type": "Bearer", "expires_in": lifetime})

    client = KeycardAPI(
        base_url="http://keycard.test",
        http_client=httpx.Client(transport=httpx.MockTransport(answer)),
        client_id=f"id for {lifetime!r}",
        client_secret="planted",
        max_retries=0,
    )
    try:
        client.zones.secrets.retrieve("planted", zone_id="zone")
    except APIError as error:
        print(type(error).__name__, error)

request_with(3600)
request_with("3600")
PY
unset KEYCARD_API_API_KEY KEYCARD_API_CLIENT_ID KEYCARD_API_CLIENT_SECRET
venv/bin/python -W ignore main.py >seen
cat seen
diff seen - <<'SEEN'
POST https://api.keycard.ai/service-account-token
GET http://keycard.test/zones/zone/secrets/planted
POST https://api.keycard.ai/service-account-token
APIConnectionError Connection error.
SEEN
