"""Makes each call of Keycard's Python client that this project plays, against the emulator in KEYCARD_API_BASE_URL."""

import os

import httpx
from keycardai_api import KeycardAPI

EMULATOR = httpx.URL(os.environ["KEYCARD_API_BASE_URL"])


class ToEmulator(httpx.HTTPTransport):
    """Sends everything to the emulator: the client asks Keycard's own host for its token, whatever its base URL is."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme=EMULATOR.scheme, host=EMULATOR.host, port=EMULATOR.port)
        return super().handle_request(request)


# A retry would hide a call that the emulator refuses.
client = KeycardAPI(max_retries=0, http_client=httpx.Client(transport=ToEmulator(), timeout=10))
secrets = client.zones.secrets

token = secrets.create(
    path_zone_id="zone_1",
    body_zone_id="zone_1",
    entity_id="ent_1",
    name="a token",
    description="made by Python",
    metadata={"team": "release"},
    data={"type": "token", "token": "first"},
)
assert (token.type, token.version, token.metadata) == ("token", 1, {"team": "release"}), token

account = secrets.create(
    path_zone_id="zone_1",
    entity_id="ent_1",
    name="an account",
    data={"type": "password", "username": "user", "password": "second"},
)
assert account.type == "password", account

listed = secrets.list(zone_id="zone_1", entity_id="ent_1", type="token", owner_type="customer")
assert [secret.id for secret in listed] == [token.id], listed

changed = secrets.update(id=token.id, zone_id="zone_1", name="another name", data={"type": "token", "token": "third"})
assert (changed.name, changed.version) == ("another name", 2), changed

read = secrets.retrieve(
    id=token.id, zone_id="zone_1", x_client_request_id="6f1d2a3e-0b7c-4d7e-9a51-0f5f6c1b2d3e"
)
assert read.data.to_dict() == {"type": "token", "token": "third"}, read.id

secrets.delete(id=token.id, zone_id="zone_1")
assert [secret.id for secret in secrets.list(zone_id="zone_1")] == [account.id]
