#!/usr/bin/env bash
# keycardai-api 0.18.0, seen in December 2026: if the token endpoint rejects the client secret, Keycard's Python client sends
# its request all the same, without a token, and reports what the API says to that. Without any credentials it does so too.
# The message of the token endpoint, which names the cause, is lost.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check keycardai-api==0.18.0 httpx==0.28.1
cat >main.py <<'PY'
import httpx
from keycardai_api import APIError, KeycardAPI

def answer(request):
    if request.url.path.endswith("token"):
        return httpx.Response(401, json={"error": "invalid_client"})
    print("API request, authorization:", request.headers.get("authorization"))
    return httpx.Response(401, json={"message": "said by the API"})

for credentials in [{"client_id": "id", "client_secret": "planted"}, {}]:
    client = KeycardAPI(
        base_url="http://keycard.test", http_client=httpx.Client(transport=httpx.MockTransport(answer)), max_retries=0, **credentials
    )
    try:
        client.zones.secrets.retrieve("planted", zone_id="planted")
    except APIError as error:
        print(type(error).__name__, error.body)
PY
unset KEYCARD_API_API_KEY KEYCARD_API_CLIENT_ID KEYCARD_API_CLIENT_SECRET
venv/bin/python -W ignore main.py >seen
cat seen
diff seen - <<'SEEN'
API request, authorization: None
AuthenticationError {'message': 'said by the API'}
API request, authorization: None
AuthenticationError {'message': 'said by the API'}
SEEN
