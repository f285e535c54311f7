#!/usr/bin/env bash
# keycardai-api 0.18.0, seen in December 2026: with client credentials, Keycard's Python client sends one request at a time,
# however many threads use it, even if each has a client of its own: once there is a token, it keeps a lock until the answer
# is there. With an API key, or with the asynchronous client, requests run side by side. Lists of secrets read in threads take
# the sum of all times.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check keycardai-api==0.18.0 httpx==0.28.1
cat >main.py <<'PY'
import asyncio, threading, time
import httpx
from keycardai_api import AsyncKeycardAPI, KeycardAPI

running = most = 0
lock = threading.Lock()
TOKEN = {"access_token": "planted", "token_type": "Bearer", "expires_in": 3600}

def count(change):
    global running, most
    with lock:
        running += change
        most = max(most, running)

def answer(request):
    if request.url.path.endswith("token"):
        return httpx.Response(200, json=TOKEN)
    count(1)
    time.sleep(0.2)
    count(-1)
    return httpx.Response(200, json={})

async def answer_later(request):
    if request.url.path.endswith("token"):
        return httpx.Response(200, json=TOKEN)
    count(1)
    await asyncio.sleep(0.2)
    count(-1)
    return httpx.Response(200, json={})

def client(**credentials):
    return KeycardAPI(base_url="http://keycard.test", http_client=httpx.Client(transport=httpx.MockTransport(answer)), **credentials)

def in_threads(name, clients):
    global most
    clients[0].zones.secrets.retrieve("planted", zone_id="planted")
    most = 0
    threads = [threading.Thread(target=each.zones.secrets.retrieve, args=["planted"], kwargs={"zone_id": "planted"}) for each in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"{name}: {most} at a time")

async def side_by_side():
    global most
    most = 0
    http_client = httpx.AsyncClient(transport=httpx.MockTransport(answer_later))
    client = AsyncKeycardAPI(base_url="http://keycard.test", http_client=http_client, client_id="id", client_secret="planted")
    await asyncio.gather(*[client.zones.secrets.retrieve("planted", zone_id="planted") for _ in range(4)])
    print(f"asynchronous: {most} at a time")

credentials = {"client_id": "id", "client_secret": "planted"}
in_threads("one client", [client(**credentials)] * 4)
in_threads("four clients", [client(**credentials) for _ in range(4)])
in_threads("API key", [client(api_key="planted")] * 4)
asyncio.run(side_by_side())
PY
unset KEYCARD_API_API_KEY KEYCARD_API_CLIENT_ID KEYCARD_API_CLIENT_SECRET
venv/bin/python -W ignore main.py >seen
cat seen
diff seen - <<'SEEN'
one client: 1 at a time
four clients: 1 at a time
API key: 4 at a time
asynchronous: 4 at a time
SEEN
