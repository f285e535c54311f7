import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { KILLED_PROVIDER, readDocument } from "../support/documents";

const TESTS = resolve(__dirname, "..");

/** The test for each row of the table in docs/reliability.md: its file, and its name or that of its suite. */
const PROOFS: Record<string, [spec: string, title: string]> = {
  "A request gets no answer, a transient status, or an unreadable answer": [
    "faults.spec.ts",
    "through the dynamic resource nothing is lost and nothing doubled by",
  ],
  "A request certainly never arrived, as with a TLS handshake that does not finish": [
    "retry.spec.ts",
    "retries every call that was certainly not done",
  ],
  "Keycard limits the rate": [
    "rate-limit.spec.ts",
    "gets each secret once, at its rate: 10 a second, with Retry-After",
  ],
  "Keycard rejects an update after an attempt whose answer was lost": [
    "unconfirmed-creates.spec.ts",
    "an update whose answer was lost before Keycard rejected a retry is resolved by a read",
  ],
  "Keycard answers with a redirect": [
    "redirects.spec.ts",
    "a redirect of a create is an error, and the next up creates the secret",
  ],
  "The token endpoint fails for a while": ["tokens.spec.ts", "a token endpoint that fails for a while"],
  "A token expires during a run, or on its way": ["tokens.spec.ts", "a token that expires on its way"],
  "The token endpoint does not exist": [
    "drift.spec.ts",
    "a 404 to a token request does not mean that a secret is gone",
  ],
  "Keycard, a proxy or a command repeats values in an error": [
    "leaks.spec.ts",
    "no planted value was printed, logged or stored",
  ],
  "Keycard does not change the type of a secret": [
    "type-change.spec.ts",
    "a rejected change of the type is an error that says how to replace the secret",
  ],
  "The answer to a create is lost": [
    "creations.spec.ts",
    "a lost create is sent again with the same request id if it was not done",
  ],
  "The work of a lost create is done late": [
    "late-work.spec.ts",
    "a duplicate is deleted if the first request does its work after the second was answered",
  ],
  "Listings or reads lag behind a create": [
    "late-work.spec.ts",
    "a lost create leaves one secret if listings lag by 1 of 1000 ms, and announces the wait once",
  ],
  "The clocks of `createdAt` and of the `Date` header differ": [
    "late-work.spec.ts",
    "a lost create leaves one secret if its time is 1 s behind the Date header",
  ],
  "An identical secret existed before the create": [
    "creations.spec.ts",
    "an identical secret that existed before is never used for a lost create",
  ],
  "Several secrets may be the one that was created": [
    "creations.spec.ts",
    "the error lists the ids if several secrets may be the lost one",
  ],
  "Secrets may not be listed, or values not read, after a lost answer": [
    "creations.spec.ts",
    "a lost create is not guessed if values must not be read",
  ],
  "The network fails for good after a create was done": [
    "unconfirmed-creates.spec.ts",
    "an unconfirmed create leaves no duplicate after the next up",
  ],
  "The declaration is removed after that": [
    "unconfirmed-creates.spec.ts",
    "an unconfirmed create leaves nothing behind if the declaration is removed",
  ],
  "All answers to an update are lost": [
    "unconfirmed-creates.spec.ts",
    "an update whose answers were all lost is resolved by a read",
  ],
  "Nothing can be known about an update": [
    "unconfirmed-creates.spec.ts",
    "an update with an unknown result is read by the next up",
  ],
  "Keycard answers 404 for a secret, and for its zone too": [
    "absence.spec.ts",
    "a 404 to a read is an error with credentials of another organisation",
  ],
  "Keycard answers 404 for a secret that is new or still listed": [
    "absence.spec.ts",
    "a secret that a listing still has never counts as gone",
  ],
  "Keycard answers 404 to a create, because the zone or entity was created in the same run": [
    "availability.spec.ts",
    "a create waits for the zone that was created in the same run, and prints one line",
  ],
  "Keycard answers 404 to a create, and the zone is from the configuration, from a variable or a text in the program":
    [
      "wrong-zone.spec.ts",
      "from the settings fails at once, and the error names the setting and what Keycard said",
    ],
  "Keycard answers 409 for the name of a secret that was deleted or renamed in the same run": [
    "availability.spec.ts",
    "a create waits for a name whose secret was deleted in the same run",
  ],
  "A listing is refused or unreadable during a refresh": [
    "refresh.spec.ts",
    "each secret is read by itself, without a message, if the listing is forbidden",
  ],
  "A listing answers, and a read of one secret is refused with 403": [
    "read.spec.ts",
    "keeps what the listing shows if reading values is not allowed, and says so once",
  ],
  "Keycard does not clear a field": [
    "unconfirmed-creates.spec.ts",
    "an update that Keycard did not clear is recorded, and the rest is shown",
  ],
  "A run is killed, or its backend fails, after a create was done": [
    "killed-provider.spec.ts",
    "is named beside the second one by the next up, with what to do",
  ],
  "A secret is replaced by a resource that adopts it": [
    "ownership.spec.ts",
    "an adopted secret is kept if its resource is renamed with `adoptId` in place, and one line says why",
  ],
  "A resource of one provider is removed, and one of another provider, or of the other way to use this package, adopts or imports its secret":
    ["several-providers.spec.ts", "is kept if its resource gets a new name and an explicit provider"],
  "A proxy rejects its credentials": [
    "proxy.spec.ts",
    "a proxy that rejects its credentials is told apart from Keycard",
  ],
  "The certificate is not signed by a trusted authority": [
    "proxy.spec.ts",
    "a certificate of an untrusted authority fails immediately",
  ],
  "A fifth of all requests fails, through four rounds of changes": ["storm.ts", ""],
};

describe("the table of failures in docs/reliability.md", () => {
  const [, table = ""] =
    /\n## What happens if something fails\n(.*?)\n## /s.exec(readDocument("docs/reliability.md").text) ?? [];
  const rows = [...table.matchAll(/^\| ([^|]+) \| [^|]+ \|$/gm)].map(([, what = ""]) => what).slice(1);

  it("each row of the table of failures has a test", () => {
    assert.deepEqual(rows, Object.keys(PROOFS));
    for (const [spec, title] of Object.values(PROOFS)) {
      assert.ok(title === "" || hasTest(textOf(spec), title), `${spec} has no test "${title}"`);
    }
  });

  it("both pages name each message of a killed provider", () => {
    for (const page of ["reliability", "troubleshooting"]) {
      const { text } = readDocument(`docs/${page}.md`);
      for (const message of KILLED_PROVIDER) assert.ok(text.includes(message), `${page} lacks ${message}`);
    }
  });
});

function textOf(spec: string): string {
  const files = readdirSync(TESTS, { recursive: true, encoding: "utf8" }).filter(
    (file) => basename(file) === spec,
  );
  assert.ok(files.length > 0, `${spec} does not exist`);
  return files.map((file) => readFileSync(join(TESTS, file), "utf8")).join("\n");
}

/** True if a spec has a test with a title, or a pattern of titles that fits it. */
function hasTest(text: string, title: string): boolean {
  const titles = [...text.matchAll(/(?:it|describe)\(\s*(["`])(.*?)\1/gs)].map(([, , found = ""]) =>
    found.split(/\$\{.*?\}/).map((part) => part.replace(/[^\w\s]/g, "\\$&")),
  );
  return titles.some((parts) => new RegExp(`^${parts.join(".+")}$`).test(title));
}
