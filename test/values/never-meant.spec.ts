import assert from "node:assert/strict";
import { suspicionOf } from "../../provider/values/never-meant";

describe("a text that is never meant", () => {
  const CERTAIN: Record<string, string[]> = {
    "words of tools": [
      "None",
      "none",
      "NULL",
      "null",
      " null ",
      "undefined",
      "nil",
      "NaN",
      "<no value>",
      "<none>",
      "<nil>",
      "[secret]",
    ],
    "what Go prints for a missing argument": ["%!s(<nil>)", "(null)"],
    "what templates and strings make of other values": [
      "illegal base64 data at input byte 4",
      "[object Object]",
      "Calling [toString] on an [Output<T>] is not supported.\n\nTo get the value, use apply",
      "Calling __str__ on an Output[T] is not supported.\n\nTo get the value, use apply",
    ],
    masks: ["***", "••••••••", "<sensitive>", "(sensitive value)", "[redacted]", "<concealed by 1Password>"],
    "a mask of op": ["[use 'op item get x7 --reveal' to reveal]"],
    listings: [
      "infra\n├── \x1b[00mapi\x1b[0m\n",
      "infra\n├── api\n│   └── key",
      "\u001b]0;title\u0007planted",
      "planted\u009b31m",
    ],
    ciphertext: [
      `encrypted:B${"aB3/".repeat(20)}==`,
      "ENC[AES256_GCM,data:pmwL,iv:aaaa,tag:bbbb,type:str]",
      "ENC[PKCS7,MIIBeQYJKoZIhvcNAQcDoIIB]",
      "-----BEGIN PGP MESSAGE-----\n\nhQGMA\n-----END PGP MESSAGE-----",
      "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----",
      "age-encryption.org/v1\n-> X25519 abc",
      "$ANSIBLE_VAULT;1.1;AES256\n3132",
      "vault:v1:8SDd3WHDOjf7mq69CyCqYjBXAiQQAVZRkFM13ok481zoCmHnSeDX9vyf7w==",
      "{cipher}AQA3",
      "Whxqht+dQJax1aZeCGLxmiAAAAABAAAADAAA",
    ],
    references: [
      "op://vault/item/field",
      "ref+vault://secret/a#/b",
      "${{ secrets.TOKEN }}",
      "$(TOKEN)",
      "${TOKEN}",
      "{{ .Values.token }}",
    ],
    "references of Azure": ["@Microsoft.KeyVault(SecretUri=https://x)"],
    pages: ["<!DOCTYPE html><html></html>", "<html lang=en>"],
    pointers: ["version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12"],
  };
  for (const [what, texts] of Object.entries(CERTAIN)) {
    it(`${what} are no secret`, () => {
      for (const text of texts) assert.equal(suspicionOf(text)?.isCertain, true, JSON.stringify(text));
    });
  }

  it("the reason shows nothing of the text but a word of a tool", () => {
    for (const text of [
      "planted\x1b[31m",
      "op://planted/a/b",
      "${PLANTED}",
      "vault:v1:planted",
      "planted\nplanted",
    ]) {
      assert.ok(!/planted/i.test(JSON.stringify(suspicionOf(text))), text);
    }
  });

  it("a document of several lines and a text in quotes are doubtful", () => {
    for (const text of ["a\nb", "a: 1\r\nb: 2\r\n", '{\n  "a": 1\n}', '"planted"']) {
      assert.equal(suspicionOf(text)?.isCertain, false, JSON.stringify(text));
    }
    assert.match(suspicionOf("a\nb\nc\n")?.fact ?? "", /^has 3 lines and is no PEM text$/);
  });

  it("an ordinary value is not suspicious", () => {
    const values = [
      "ghp_0123456789abcdefABCDEF",
      "none-of-your-business",
      "nullify",
      "NoneShallPass",
      "correct horse battery staple",
      "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n",
      "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----",
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE\n-----END ENCRYPTED PRIVATE KEY-----",
      "Bag Attributes\n-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
      '{"type":"service_account","private_key":"x"}',
      "$2b$12$abcdefghijklmnopqrstuv",
      "pa$$w0rd(1)",
      "{}[]<>",
      "encrypted:no",
      "vault",
      'a"b"',
      "postgres://app:pass@host/db",
      "pässwörd ✓",
      "*",
      "x\ttab",
    ];
    for (const value of values) assert.equal(suspicionOf(value), undefined, JSON.stringify(value));
  });
});
