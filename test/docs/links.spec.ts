import assert from "node:assert/strict";
import { brokenLinks, documents } from "../support/documents";

describe("a relative link", () => {
  for (const document of documents()) {
    it(`in ${document.path} leads to a file and a heading that exist`, () => {
      assert.deepEqual(brokenLinks(document), []);
    });
  }

  it("is noticed if its file or its heading is missing", () => {
    const links = [
      "nowhere.md",
      "SECURITY.md#nothing",
      "#nothing",
      "SECURITY.md#what-is-promised",
      "https://pulumi.com",
    ];
    const broken = brokenLinks({ path: "README.md", text: "", headings: [], links });
    assert.deepEqual(broken, ["nowhere.md", "SECURITY.md#nothing", "#nothing"]);
  });

  it("leads from the index to every page of docs/", () => {
    const pages = documents().filter(({ path }) => /^docs\/(?!api\/|README)/.test(path));
    const index = documents().find(({ path }) => path === "docs/README.md");
    assert.ok(pages.length > 15);
    assert.deepEqual(
      pages.map(({ path }) => path.slice("docs/".length)).filter((path) => !index?.links.includes(path)),
      [],
    );
  });
});
