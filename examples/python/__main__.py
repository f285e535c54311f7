import pulumi
import pulumi_keycard_secrets as keycard

github = keycard.Secret(
    "github",
    entity_id="h5d1s8f3g6j0l9p2a7e4u1i5o3",
    description="Used by the release agent",
    metadata={"team": "release"},
    data={"type": "token", "token": pulumi.Config().require_secret("githubToken")},
)

# The value itself never enters the state.
database = keycard.Secret(
    "database",
    entity_id="b3y7v0t5r2e9w6q1x4z8c0n5m7",
    data={"type": "password", "username": "app", "password": {"from_env": "DB_PASSWORD"}},
)

pulumi.export("version", github.version)
