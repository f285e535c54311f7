import assert from "node:assert/strict";
import fc from "fast-check";
import sinon from "sinon";
import { cleanText, HiddenValues, safeText } from "../../provider/safety/redact";
import { formsOf } from "../keycard/support";

const VALUE = `pläntéd "value"/+&%\\ <!'()*>~ 1`;

const goUrl = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*~]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
const goJson = (text: string) =>
  JSON.stringify(text).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);

describe("a safe text", () => {
  it("does not change a text without a value", () => {
    const text = "name must not be empty (100 %, a+b, %zz, \\u12, \\q)";
    assert.equal(safeText(text, [VALUE, "other"]), text);
  });

  it("finds values among many, each in every form, and those that are added later", () => {
    const hidden = new HiddenValues(Array.from({ length: 2_000 }, (_, index) => `other-value-${index * 7}`));
    assert.equal(safeText(`bad ${VALUE}, other-value-7000`, hidden), `bad ${cleanText(VALUE)}, [redacted]`);
    hidden.add(VALUE);
    for (const form of [VALUE, encodeURIComponent(VALUE), Buffer.from(VALUE).toString("base64url")]) {
      assert.equal(safeText(`bad ${form} here`, hidden), "bad [redacted] here", form);
      assert.equal(
        safeText(`bad ${form} here`, new HiddenValues(["passing"], hidden)),
        "bad [redacted] here",
      );
    }
  });

  it("replaces as much as a search for one value after the other", () => {
    const letters = (length: object) => fc.string({ unit: fc.constantFrom("x", "y"), ...length });
    const word = letters({ minLength: 4, maxLength: 7 });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), fc.array(letters({ maxLength: 12 })), (values, words) => {
        const text = words.filter((each) => each !== "").join("-");
        const taken = new Set(
          values.flatMap((value) =>
            [...text].flatMap((_, at) =>
              text.startsWith(value, at) ? Array.from(value, (_letter, index) => at + index) : [],
            ),
          ),
        );
        const marked = [...text].map((letter, at) => (taken.has(at) ? "*" : letter)).join("");
        assert.equal(safeText(text, values), marked.replace(/\*+/g, "[redacted]"));
      }),
      { numRuns: 1000, seed: 3 },
    );
  });

  it("replaces each value wherever it occurs", () => {
    assert.equal(
      safeText("first and second, first", ["first", "second"]),
      "[redacted] and [redacted], [redacted]",
    );
  });

  it("replaces a value that contains another one completely", () => {
    assert.equal(safeText("it was abcdef", ["abcd", "abcdef"]), "it was [redacted]");
  });

  it("keeps the words around a value in every form", () => {
    for (const form of [VALUE, encodeURIComponent(VALUE), Buffer.from(VALUE).toString("base64url")]) {
      assert.equal(safeText(`bad ${form} here`, [VALUE]), "bad [redacted] here", form);
    }
  });

  it("removes every form in which a service repeats a value", () => {
    for (const form of [
      ...formsOf(VALUE),
      goUrl(VALUE),
      goUrl(VALUE).replaceAll("%20", "+"),
      goJson(VALUE),
    ]) {
      const text = safeText(`bad <${form}> here`, [VALUE]);
      assert.ok(!text.includes(form), text);
      assert.match(text, /\[redacted\]/, form);
    }
  });

  it("finds a value in the middle of Base64", () => {
    for (const prefix of ["", "a", "ab", "id:"]) {
      const encoded = Buffer.from(`${prefix}${VALUE}, and more`).toString("base64");
      assert.match(safeText(`got ${encoded}`, [VALUE]), /\[redacted\]/, prefix);
    }
  });

  it("finds Base64 in both of its alphabets", () => {
    const value = "abc>>>abc???";
    for (const form of ["YWJjPj4+YWJjPz8/", "YWJjPj4-YWJjPz8_"]) {
      assert.equal(safeText(`got ${form} here`, [value]), "got [redacted] here");
    }
  });

  it("finds Base64 that is broken into lines", () => {
    const encoded = Buffer.from(`a=${VALUE.repeat(4)}`).toString("base64");
    const lines = encoded.replace(/.{20}/g, "$&\r\n");
    assert.equal(safeText(`got ${lines}`, [VALUE.repeat(4)]), "[redacted]");
  });

  it("finds hexadecimal digits in both cases", () => {
    const hex = Buffer.from(VALUE).toString("hex");
    for (const form of [hex, hex.toUpperCase()])
      assert.equal(safeText(`got ${form}`, [VALUE]), "got [redacted]");
  });

  it("finds a value that was escaped twice, or for HTML", () => {
    const json = JSON.stringify(JSON.stringify({ VALUE }));
    const html = VALUE.replace(/[&"<>']/g, (char) => `&#${char.charCodeAt(0)};`);
    const named = VALUE.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
    const url = encodeURIComponent(encodeURIComponent(VALUE));
    for (const form of [json, html, html.replaceAll("&#34;", "&#x22;"), named.replaceAll(">", "&gt;"), url]) {
      assert.equal(safeText(`got ${form}`, [VALUE]), "[redacted]", form);
    }
    const untouched = "a &lt; b &unknown; &#99999999; &#x110000;";
    assert.equal(safeText(untouched, [VALUE]), untouched);
  });

  it("finds a value that was trimmed, or joined into one line", () => {
    const value = "  first line\r\n\tsecond   line\n";
    assert.equal(safeText(`bad <${value.trim()}>`, [value]), "bad <[redacted]>");
    assert.equal(safeText("bad <first line second line>", [value]), "bad <[redacted]>");
  });

  it("finds a single line of a value, unless it is short", () => {
    const key = `-----BEGIN KEY-----\nMIIEvQIBADANBg\nQ==\n-----END KEY-----\n`;
    assert.equal(safeText("bad line MIIEvQIBADANBg", [key]), "bad line [redacted]");
    assert.equal(safeText("bad line Q==", [key]), "bad line Q==");
  });

  it("removes a short value only as a whole word", () => {
    assert.equal(
      safeText("the pin 123 is too short, as is 1234", ["123"]),
      "the pin [redacted] is too short, as is 1234",
    );
    assert.equal(
      safeText("the application of app, app-1 and äpp", ["app"]),
      "the application of [redacted], [redacted]-1 and äpp",
    );
    assert.equal(safeText('name "bob" is taken', ["bob"]), 'name "[redacted]" is taken');
  });

  it("ignores an empty value", () => {
    assert.equal(safeText("token must not be empty", [""]), "token must not be empty");
  });

  it("removes a value that is not valid Unicode", () => {
    assert.equal(safeText("bad half\ud83d here", ["half\ud83d"]), "bad [redacted] here");
  });

  it("leaves no value in any random text", () => {
    const value = fc.string({ minLength: 4, maxLength: 12, unit: "grapheme" });
    fc.assert(
      fc.property(value, fc.string(), fc.string(), (planted, before, after) => {
        const shown = cleanText(planted);
        fc.pre(shown.length >= 4);
        for (const form of [planted, encodeURIComponent(planted), JSON.stringify(planted).slice(1, -1)]) {
          const text = safeText(`${before} ${form} ${after}`, [planted]).replaceAll("[redacted]", "\0");
          assert.ok(!text.includes(shown), text);
        }
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it("removes control characters before it searches for values", () => {
    const values = ["planted-value", "correct horse battery", "l\u00e4ng-\u0007-planted"];
    const hidden = [
      "planted-\u001b[31mvalue",
      "planted-\u009b1;31mvalue",
      "planted-\u001b]8;;http://example.com\u0007value",
      "planted-\u001b]0;a title\u001b\\value",
      "planted-\u0000\u0008value",
      "planted-\u200b\u00advalue",
      "planted-\u202evalue",
      "planted-\u001bvalue",
      "correct horse\nbattery",
      "correct\r\n\thorse\u2028battery",
      "l\u00e4ng-\u0007-planted",
      "l\u00e4ng--planted",
    ];
    for (const text of hidden) {
      const shown = safeText(`bad ${text} here`, values);
      assert.match(shown, /^(bad \[redacted\] here|\[redacted\])$/, JSON.stringify(text));
    }
  });

  it("finds a value that a tool has broken into lines", () => {
    assert.equal(safeText("got planted-va\n  lue-7f3a", ["planted-value-7f3a"]), "[redacted]");
  });

  it("contains no escape sequence, in any notation", () => {
    const orders = [
      "\u001b]0;owned\u0007",
      "\u009d0;owned\u009c",
      "\u001b[2J",
      "\u001bP1;owned\u001b\\",
      "\u001bc",
      "\u0007\u0008\r",
    ];
    for (const order of orders) assert.equal(safeText(`a ${order}b`), "a b", JSON.stringify(order));
    assert.equal(safeText("a \u202etxt.exe\u2066 b"), "a txt.exe b");
  });

  it("is cut at the limit, and shows nothing of a text that is too long to search", () => {
    assert.equal(safeText("word ".repeat(100), [], 9), "word word");
    assert.equal(safeText("x".repeat(20_000), ["planted"]), "[redacted]");
  });

  it("searches in linear time", () => {
    const includes = sinon.spy(String.prototype, "includes");
    const indexOf = sinon.spy(String.prototype, "indexOf");
    try {
      const text = "could not read the item of the vault: ".repeat(400);
      const values = Array.from(
        { length: 20_000 },
        (_, index) => `line ${index} of what a command has written`,
      );
      assert.equal(safeText(text, values), text.trim());
      const searches = includes.callCount + indexOf.callCount;
      assert.ok(searches < 1000, `${searches} searches of the text for 20,000 values`);
    } finally {
      sinon.restore();
    }
  });
});
