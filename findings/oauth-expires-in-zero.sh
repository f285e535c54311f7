#!/usr/bin/env bash
# Authlib 1.9.10, oauthlib 4.0.1 and simple-oauth2 5.1.0, seen in December 2026: a token with `"expires_in": 0` never
# expires for the two Python libraries (`expires_at` is left out, and no expiry is known), and has expired for the one of
# Node.js. A client in Python goes on with it until the server answers 401.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . simple-oauth2@5.1.0 >/dev/null
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check authlib==1.9.10 oauthlib==4.0.1
venv/bin/python -W ignore >seen -c '
import json
from authlib.oauth2.rfc6749 import OAuth2Token
from oauthlib.oauth2 import BackendApplicationClient

for seconds in [0, 1]:
    answer = {"access_token": "planted", "token_type": "Bearer", "expires_in": seconds}
    print("Authlib", seconds, "expires_at" in OAuth2Token.from_dict(dict(answer)))
    print("oauthlib", seconds, "expires_at" in BackendApplicationClient("planted").parse_request_body_response(json.dumps(answer)))
'
node -e '
const { ClientCredentials } = require("simple-oauth2");
const client = new ClientCredentials({ client: { id: "planted", secret: "planted" }, auth: { tokenHost: "https://auth.example" } });
console.log("simple-oauth2 0", client.createToken({ access_token: "planted", expires_in: 0 }).expired());
' >>seen
cat seen
diff seen - <<'SEEN'
Authlib 0 False
oauthlib 0 False
Authlib 1 True
oauthlib 1 True
simple-oauth2 0 true
SEEN
