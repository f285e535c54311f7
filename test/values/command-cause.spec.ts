import assert from "node:assert/strict";
import { HiddenValues } from "../../provider/safety/redact";
import * as commandCause from "../../provider/values/command";

const causeIn = (stderr: string, args: string[], values: string[] = []) =>
  commandCause.causeIn(stderr, args, new HiddenValues(values));

/** What real tools wrote to stderr, and what of it states the cause. */
const SAID: [tool: string, stderr: string, cause: string, args?: string[]][] = [
  [
    "age",
    "age: error: no identity matched any of the recipients\nage: report unexpected or unhelpful errors at https://filippo.io/age/report\n",
    "age: error: no identity matched any of the recipients",
  ],
  [
    "SOPS",
    "Failed to get the data key required to decrypt the SOPS file.\n\nGroup 0: FAILED\n  age1q: FAILED\n    - | failed to load age identities\n\nRecovery failed because no master key was able to decrypt the file. In\norder for SOPS to recover the file, at least one key has to be successful,\nbut none were.",
    "Failed to get the data key required to decrypt the SOPS file",
  ],
  [
    "gcloud",
    "ERROR: (gcloud.secrets.versions.access) You do not currently have an active account selected.\nPlease run:\n\n  $ gcloud auth login\n\nto select an already authenticated account to use.\n",
    "ERROR: (gcloud.secrets.versions.access) You do not currently have an active account selected",
  ],
  [
    "aws",
    "\nAn error occurred (ResourceNotFoundException) when calling the GetSecretValue operation: Secrets Manager can't find the specified secret.\n",
    "An error occurred (ResourceNotFoundException) when calling the GetSecretValue operation: Secrets Manager can't find the specified secret",
    [
      "secretsmanager",
      "get-secret-value",
      "--secret-id",
      "database",
      "--query",
      "SecretString",
      "--output",
      "text",
    ],
  ],
  [
    "kubectl",
    'error: error executing jsonpath "{.data.nope}": Error executing template: nope is not found. Printing more information for debugging the template:\n\ttemplate was:\n\t\t{.data.nope}\n\tobject given to jsonpath engine was:\n\t\tmap[string]interface {}{"apiVersion":"v1", "data":map[string]interface {}{"password":"cGxhbnRlZA=="}}\n\n\n',
    "error: error executing jsonpath [redacted]: Error executing template: nope is not found",
  ],
  [
    "keepassxc-cli",
    "WARNING: You are using an old key file format which KeePassXC may\nstop supporting in the future.\n\nPlease consider generating a new key file.\nCould not find entry with path none.\n",
    "Could not find entry with path none",
  ],
  [
    "keyring",
    'Traceback (most recent call last):\n  File "/venv/bin/keyring", line 8, in <module>\n    sys.exit(main())\n    raise ValueError("planted")\nkeyring.errors.NoKeyringError: No recommended backend was available.\n',
    "keyring.errors.NoKeyringError: No recommended backend was available",
  ],
  [
    "op",
    "[ERROR] 2026/12/01 10:00:00 could not read secret 'op://infra/database/password': make sure that the app is already running\n",
    "[ERROR] 2026/12/01 10:00:00 could not read secret [redacted]: make sure that the app is already running",
    ["read", "op://infra/database/password"],
  ],
  [
    "pass",
    "Error: infra/none is not in the password store.\n",
    "Error: [redacted] is not in the password store",
    ["show", "infra/none"],
  ],
  [
    "ansible-vault",
    "[ERROR]: Decryption failed (no vault secrets were found that could decrypt). for av.txt\n",
    "[ERROR]: Decryption failed (no vault secrets were found that could decrypt). for [redacted]",
    ["view", "av.txt"],
  ],
  [
    "Node.js",
    "node:internal/modules/cjs/loader:1228\n  throw err;\n  ^\n\nError: Cannot find module '/tmp/a.js'\n    at Function._load (node:internal/modules/cjs/loader:1:1) {\n  code: 'MODULE_NOT_FOUND'\n}\n\nNode.js v20.20.2\n",
    "Error: Cannot find module [redacted]",
  ],
  [
    "a script that only says what it does",
    "first I look\nthen I look again\n",
    "first I look then I look again",
  ],
  ["a command that says nothing", "\n\n", ""],
];

describe("the cause in what a command writes", () => {
  for (const [tool, stderr, cause, args = []] of SAID) {
    it(`${tool} is quoted with the line that states the cause`, () => {
      assert.equal(causeIn(stderr, args), cause);
    });
  }

  it("nothing that may be a part of what the command has read is shown", () => {
    const texts = [
      'jq: error (at <stdin>:1): Cannot iterate over string ("planted")',
      "jq: error (at <stdin>:1): Cannot iterate over number (471147114)",
      "jq: error: Invalid numeric literal at column 8 (while parsing 'planted')",
      'invalid character "planted" in {"password":"planted"}',
      "failed to decode cGxhbnRlZA==",
      "failed to decode cGxhbnRlZC12YWx1ZQ",
      "failed to decode cGxhbnR",
      "failed to decode 706c616e746564",
      "error: object has cGxhbn/RlZA== and no password",
      "error in document\n  password: planted\n  user: planted",
      "yaml: cannot unmarshal !!str `planted` into int",
      "error: map[password:planted user:app]",
      "error: {password: planted}",
      "the body: planted is invalid",
      "error: unexpected value: planted",
      'parse error near "planted\nplanted error"',
      "wrong password: planted-and-long",
      "error: token=planted-and-long",
      "failed: postgres://app:planted@db.example/app",
    ];
    for (const text of texts) {
      const cause = causeIn(text, []);
      assert.ok(!/planted|cGxhbn|RlZA|706c61|4711/.test(cause), `${text} => ${cause}`);
    }
  });

  it("words such as read hide nothing, other arguments are hidden as whole words", () => {
    const stderr = "fatal: the already read item of productions in production has planted-1 in Xplanted-1Y";
    assert.equal(
      causeIn(stderr, ["read", "production", "planted-1", "item", "--field"]),
      "fatal: the already read item of productions in [redacted] has [redacted] in X[redacted]Y",
    );
  });

  it("a value is not shown, not even if it begins in an earlier line or is cut off", () => {
    assert.equal(causeIn("x planted\nfailed horse", [], ["planted failed horse"]), "[redacted]");
    assert.equal(causeIn("no planted", [], ["planted"]), "no [redacted]");
    assert.equal(causeIn("planted".repeat(20_000), []), "[redacted]");
    assert.equal(causeIn(`${"planted".repeat(20_000)}\nat last it failed`, []), "at last it failed");
  });

  it("a long cause is cut, and the last lines are shown as far as they fit", () => {
    assert.equal(causeIn(`failed ${"very ".repeat(100)}`, []).length, 300);
    const lines = Array.from({ length: 12_000 }, (_, index) => `line ${index} of the log`);
    const shown = causeIn(lines.join("\n"), []);
    assert.match(shown, /line 11998 of the log line 11999 of the log$/);
    assert.ok(shown.length > 250 && shown.length <= 300);
  });

  it("escape sequences do not reach the terminal", () => {
    assert.equal(causeIn("\x1b[31mError:\x1b[0m it \x1b]0;title\x07failed", []), "Error: it failed");
  });
});
