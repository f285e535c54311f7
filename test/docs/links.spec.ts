import assert from "node:assert/strict";
import { brokenLinks, documents } from "../support/documents";

describe("a relative link", () => {
  for (const document of documents()) {
    it(`every link in ${document.path} leads to a file and a heading that exist`, () => {
      assert.deepEqual(brokenLinks(document), []);
    });
  }

  it("a link to a missing file or heading is found", () => {
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

  it("the index links to every page of docs/", () => {
    const pages = documents().filter(({ path }) => /^docs\/(?!api\/|README)/.test(path));
    const index = documents().find(({ path }) => path === "docs/README.md");
    assert.ok(pages.length > 15);
    assert.deepEqual(
      pages.map(({ path }) => path.slice("docs/".length)).filter((path) => !index?.links.includes(path)),
      [],
    );
  });
});
