#!/usr/bin/env bash
# keycardai-oauth 0.33.2, seen in December 2026: `max_retries` and `custom_headers` of `ClientConfig` have no effect on a
# token exchange. An answer of 503 is reported at once, as "retriable: True", and the header is not sent. Who relies on the
# three retries that the configuration names has none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check keycardai-oauth==0.33.2
cat >main.py <<'PY'
import http.server, threading
from keycardai.oauth import Client, ClientConfig
from keycardai.oauth.http.auth import BasicAuth

class Unavailable(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        print("request, custom header:", self.headers.get("x-planted"))
        self.send_response(503)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Unavailable)
threading.Thread(target=server.serve_forever, daemon=True).start()
config = ClientConfig(max_retries=3, custom_headers={"X-Planted": "yes"}, enable_metadata_discovery=False)
client = Client(f"http://127.0.0.1:{server.server_port}", auth=BasicAuth("id", "planted"), config=config)
try:
    client.exchange_token(subject_token="planted", resource="https://api.example")
except Exception as error:
    print(error)
PY
unset HTTP_PROXY http_proxy ALL_PROXY all_proxy
venv/bin/python -W ignore main.py >seen
cat seen
diff seen - <<'SEEN'
request, custom header: None
HTTP 503 during POST /token (exchange) (retriable: True)
SEEN
