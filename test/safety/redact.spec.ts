import assert from "node:assert/strict";
import fc from "fast-check";
import { redact } from "../../provider/safety/redact";
import { formsOf } from "../keycard/support";

const VALUE = `pläntéd "value"/+&%\\ <!'()*>~ 1`;

const goUrl = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*~]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
const goJson = (text: string) =>
  JSON.stringify(text).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);

describe("redact", () => {
  it("leaves a text without any value alone", () => {
    const text = "name must not be empty (100 %, a+b, %zz, \\u12, \\q)";
    assert.equal(redact(text, [VALUE, "other"]), text);
  });

  it("replaces each value wherever it stands", () => {
    assert.equal(
      redact("first and second, first", ["first", "second"]),
      "[redacted] and [redacted], [redacted]",
    );
  });

  it("replaces a value that contains another whole", () => {
    assert.equal(redact("it was abcdef", ["abcd", "abcdef"]), "it was [redacted]");
  });

  it("keeps the words around a value in any form", () => {
    for (const form of [VALUE, encodeURIComponent(VALUE), Buffer.from(VALUE).toString("base64url")]) {
      assert.equal(redact(`bad ${form} here`, [VALUE]), "bad [redacted] here", form);
    }
  });

  it("takes out every form in which a service repeats it", () => {
    for (const form of [
      ...formsOf(VALUE),
      goUrl(VALUE),
      goUrl(VALUE).replaceAll("%20", "+"),
      goJson(VALUE),
    ]) {
      const text = redact(`bad <${form}> here`, [VALUE]);
      assert.ok(!text.includes(form), text);
      assert.match(text, /\[redacted\]/, form);
    }
  });

  it("finds a value in the middle of what is Base64", () => {
    for (const prefix of ["", "a", "ab", "id:"]) {
      const encoded = Buffer.from(`${prefix}${VALUE}, and more`).toString("base64");
      assert.match(redact(`got ${encoded}`, [VALUE]), /\[redacted\]/, prefix);
    }
  });

  it("finds Base64 in both of its alphabets", () => {
    const value = "abc>>>abc???";
    for (const form of ["YWJjPj4+YWJjPz8/", "YWJjPj4-YWJjPz8_"]) {
      assert.equal(redact(`got ${form} here`, [value]), "got [redacted] here");
    }
  });

  it("finds Base64 that is broken into lines", () => {
    const encoded = Buffer.from(`a=${VALUE.repeat(4)}`).toString("base64");
    const lines = encoded.replace(/.{20}/g, "$&\r\n");
    assert.equal(redact(`got ${lines}`, [VALUE.repeat(4)]), "[redacted]");
  });

  it("finds hexadecimal digits in both cases", () => {
    const hex = Buffer.from(VALUE).toString("hex");
    for (const form of [hex, hex.toUpperCase()])
      assert.equal(redact(`got ${form}`, [VALUE]), "got [redacted]");
  });

  it("finds what was escaped twice, or for a page", () => {
    const json = JSON.stringify(JSON.stringify({ VALUE }));
    const html = VALUE.replace(/[&"<>']/g, (char) => `&#${char.charCodeAt(0)};`);
    const named = VALUE.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
    const url = encodeURIComponent(encodeURIComponent(VALUE));
    for (const form of [json, html, html.replaceAll("&#34;", "&#x22;"), named.replaceAll(">", "&gt;"), url]) {
      assert.equal(redact(`got ${form}`, [VALUE]), "[redacted]", form);
    }
    const untouched = "a &lt; b &unknown; &#99999999; &#x110000;";
    assert.equal(redact(untouched, [VALUE]), untouched);
  });

  it("finds a value that was trimmed, or made one line", () => {
    const value = "  first line\r\n\tsecond   line\n";
    assert.equal(redact(`bad <${value.trim()}>`, [value]), "bad <[redacted]>");
    assert.equal(redact("bad <first line second line>", [value]), "bad <[redacted]>");
  });

  it("finds a single line of many, unless it is short", () => {
    const key = `-----BEGIN KEY-----\nMIIEvQIBADANBg\nQ==\n-----END KEY-----\n`;
    assert.equal(redact("bad line MIIEvQIBADANBg", [key]), "bad line [redacted]");
    assert.equal(redact("bad line Q==", [key]), "bad line Q==");
  });

  it("drops a text whole that holds a short value", () => {
    assert.equal(redact("the pin 123 is too short", ["123"]), "[redacted]");
    assert.equal(redact("the pin is too short", ["123"]), "the pin is too short");
  });

  it("takes an empty value for no value at all", () => {
    assert.equal(redact("token must not be empty", [""]), "token must not be empty");
  });

  it("takes out a value that is no whole text", () => {
    assert.equal(redact("bad half\ud83d here", ["half\ud83d"]), "bad [redacted] here");
  });

  it("leaves no value in any text, whatever both are", () => {
    const value = fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" });
    fc.assert(
      fc.property(value, fc.string(), fc.string(), (planted, before, after) => {
        for (const form of [planted, encodeURIComponent(planted), JSON.stringify(planted).slice(1, -1)]) {
          const text = redact(before + form + after, [planted]).replaceAll("[redacted]", "\0");
          assert.ok(!text.includes(planted) && !text.includes(form), text);
        }
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it("stays quick with large values and texts", () => {
    const begun = performance.now();
    redact("%41\\u0041+ ".repeat(20_000), ["v".repeat(100_000), "w".repeat(100_000)]);
    assert.ok(performance.now() - begun < 1000);
  });
});
