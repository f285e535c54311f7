import pulumi
import pulumi_keycard_secrets as keycard

github = keycard.Secret(
    "github",
    entity_id="ent_1",
    description="Used by the release agent",
    metadata={"team": "release"},
    data={"type": "token", "token": pulumi.Config().require_secret("githubToken")},
)

# The value itself never enters the state.
database = keycard.Secret(
    "database",
    entity_id="ent_2",
    data={"type": "password", "username": "app", "password": {"fromEnv": "DB_PASSWORD"}},
)

pulumi.export("version", github.version)
