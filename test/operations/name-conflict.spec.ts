import assert from "node:assert/strict";
import type { KeycardClient } from "../../provider/keycard/client";
import { type Failure, keycardError } from "../../provider/keycard/http/errors";
import type { Secret } from "../../provider/keycard/wire";
import { type RefusedWrite, explainConflict, explainRefusedType } from "../../provider/secret/write-errors";

const FAILURE: Failure = {
  action: "create the secret",
  method: "POST",
  path: "/zones/z1/secrets",
  requestId: "r1",
  status: 409,
  outcome: "refused",
  event: "answered 409",
};
const CREATE: RefusedWrite = { place: { zoneId: "z1", entityId: "e1", name: "GitHub" }, isOwnName: false };

const rowOf = (id: string, name = "GitHub", entityId = "e1") => ({ id, name, entityId }) as Secret;

describe("a name that Keycard refused, because another secret has it,", () => {
  const explain = async (
    write: Partial<RefusedWrite>,
    rows: Secret[] | Error,
    failure: Partial<Failure> = {},
  ): Promise<string> => {
    const listSecrets = (zoneId: string) => {
      assert.equal(zoneId, "z1");
      return rows instanceof Error ? Promise.reject(rows) : Promise.resolve(rows);
    };
    const client = { listSecrets } as Partial<KeycardClient> as KeycardClient;
    const error = keycardError({ ...FAILURE, ...failure });
    return ((await explainConflict(client, { ...CREATE, ...write }, error)) as Error).message;
  };

  it("names the other secret, and how to adopt it", async () => {
    const message = await explain({}, [rowOf("s1", "other"), rowOf("s2")]);
    assert.match(message, /^Could not create the secret: POST \/zones\/z1\/secrets answered 409/);
    assert.match(message, /Entity e1 of zone z1 already \w+ .* the name "GitHub"/);
    assert.match(message, /`adoptId: "s2"`.*`aliases`.*another name/s);
  });

  it("can be adopted from another entity only if that is declared", async () => {
    const message = await explain({}, [rowOf("s2", "GitHub", "e2")]);
    assert.match(message, /Entity e2 of zone z1 .*s2/);
    assert.match(message, /another name, or declare that entity/);
    assert.doesNotMatch(message, /aliases/);
  });

  it("is looked for in its own entity first", async () => {
    assert.match(await explain({}, [rowOf("s1", "GitHub", "e2"), rowOf("s2")]), /adoptId: "s2"/);
  });

  it("is found in another form, if none has it exactly", async () => {
    assert.match(await explain({}, [rowOf("s1", "other"), rowOf("s2", " GITHUB")]), /the name " GITHUB"/);
    assert.match(await explain({}, [rowOf("s1", "github"), rowOf("s2")]), /adoptId: "s2"/);
  });

  it("is kept by a replacement unless the old secret is deleted first", async () => {
    const message = await explain({ isOwnName: true }, [rowOf("s2")]);
    assert.match(message, /This stack .*`deleteBeforeReplace: true`.*another name/);
    assert.doesNotMatch(message, /adoptId/);
  });

  it("is given in two steps if another secret of the stack has it", async () => {
    const write = { id: "s1", isOwnName: true };
    assert.match(await explain(write, [rowOf("s1"), rowOf("s2")]), /This stack .*one `pulumi up`.* the next/);
  });

  it("is free once the other secret is renamed or deleted, for a secret that exists", async () => {
    const message = await explain({ id: "s1" }, [rowOf("s1"), rowOf("s2")]);
    assert.match(message, /another name, or first rename or delete s2\.$/);
  });

  it("may not be the cause if no secret has it", async () => {
    const message = await explain({ id: "s1" }, [rowOf("s1"), rowOf("s3", "other")]);
    assert.match(message, /zone z1 .*name "GitHub".*another cause.*contact Keycard support/);
  });

  it("is a guess if the zone cannot be listed, and the message tells why", async () => {
    const event = "answered 403";
    const unlisted = keycardError({ ...FAILURE, method: "GET", status: 403, event });
    const message = await explain({}, unlisted);
    assert.match(message, /Zone z1 .*"GitHub".*\(GET \/zones\/z1\/secrets answered 403\)/);
    assert.match(message, /`adoptId`, or choose another name\. .*`deleteBeforeReplace: true`/s);
    const another = await explain({ id: "s1" }, new Error("planted"));
    assert.match(another, /could not be listed\. Choose another name\.$/);
    assert.doesNotMatch(another, /planted|adoptId/);
  });

  it("is not looked for after another refusal", async () => {
    const error = new Error("planted");
    assert.equal(await explainConflict(undefined as never, CREATE, error), error);
    const refused = keycardError({ ...FAILURE, status: 400 });
    assert.equal(await explainConflict(undefined as never, CREATE, refused), refused);
  });

  it("is not looked for if the secret itself may have been created", async () => {
    const unknown = keycardError({ ...FAILURE, outcome: "unknown" });
    assert.equal(await explainConflict(undefined as never, CREATE, unknown), unknown);
    assert.match(await explain({ id: "s1" }, [rowOf("s2")], { outcome: "unknown" }), /delete s2/);
  });
});

describe("a change of the type that Keycard refused", () => {
  const explained = (failure: Partial<Failure>, declared: Secret["type"] = "password") => {
    const error = keycardError({ ...FAILURE, ...failure });
    const result = explainRefusedType(error, "token", declared, "do that instead.") as Error;
    return result === error ? undefined : result.message;
  };

  it("gets advice on what to do instead", () => {
    for (const status of [400, 409, 422])
      assert.match(explained({ status }) ?? "", /does not .* type .*do that instead\.$/);
  });

  it("is not suspected after another failure, or if the type is the same", () => {
    assert.equal(explained({ status: 403 }), undefined);
    assert.equal(explained({ status: 0 }), undefined);
    assert.equal(explained({ status: 400 }, "token"), undefined);
    const error = new Error("planted");
    assert.equal(explainRefusedType(error, "token", "password", ""), error);
  });
});
