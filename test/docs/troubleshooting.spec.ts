import assert from "node:assert/strict";
import { resolve } from "node:path";
import { readDocument } from "../support/documents";
import { fits, messageTexts } from "./message-texts";

const PROVIDER = resolve(__dirname, "../../provider");

/** The section of messages that are not ours. Lifecycle tests produce those that can be produced quickly. */
const OF_PULUMI = "Messages that Pulumi prints";

describe("a message in docs/troubleshooting.md", () => {
  const texts = messageTexts(PROVIDER);
  let section = "";
  const messages = readDocument("docs/troubleshooting.md").headings.flatMap(({ level, text }) => {
    if (level === 2) section = text;
    return level === 3 && section !== OF_PULUMI ? [text] : [];
  });

  for (const message of messages) {
    it(`the code can print the message: ${message}`, () => {
      assert.ok(texts.some((text) => fits(message, text)));
    });
  }

  it("each message occurs once", () => assert.equal(new Set(messages).size, messages.length));
});
