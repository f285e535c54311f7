import assert from "node:assert/strict";
import { DEFAULT_SWITCHES } from "../emulator";
import { addSwitch } from "../emulator/switch-options";
import { readDocument } from "../support/documents";
import { SAMPLE_ENTITY, SAMPLE_OTHER_ENTITY, SAMPLE_SECRET, SAMPLE_ZONE } from "../support/sample-ids";

describe("what is known about Keycard's API", () => {
  const { text } = readDocument("docs/keycard-api.md");
  const rows = text.split("\n").filter((line) => line.startsWith("| ") && !line.includes("---"));
  const cellsOf = (row: string) => row.slice(2, -2).split(" | ");

  it("names every switch of the emulator, and only values that it has", () => {
    const places = rows.map((row) => cellsOf(row).at(-1) ?? "").join("\n");
    const named = [...places.matchAll(/`(\w+)(?:=([\w-]+))?`/g)].filter(([, name = ""]) =>
      Object.hasOwn(DEFAULT_SWITCHES, name),
    );
    assert.deepEqual(
      [...new Set(named.map(([, name = ""]) => name))].sort(),
      Object.keys(DEFAULT_SWITCHES).sort(),
    );
    for (const [, name = "", value] of named) {
      if (value !== undefined)
        assert.doesNotThrow(() => addSwitch(`${name}=${value}`, {}), `${name}=${value}`);
    }
  });

  it("gives a source from its first table for each statement", () => {
    const sources = rows.filter((row) => /\d{4} \|$/.test(row)).map((row) => cellsOf(row)[0] ?? "");
    assert.ok(sources.length >= 4);
    const statements = rows
      .map(cellsOf)
      .filter((cells) => cells.length === 3 && !sources.includes(cells[0] ?? ""));
    const stated = statements.filter(([first]) => first !== "What is known" && first !== "Source");
    assert.ok(stated.length > 20);
    for (const [what, source = ""] of stated) {
      for (const one of source.split(", ").filter((part) => !/^\w+ \d{4}$/.test(part))) {
        assert.ok(sources.includes(one.replace(/ [\d.]+$/, "")), `"${what}" has the source "${one}"`);
      }
    }
  });

  it("tells the README in how many ways the stand-in varies", () => {
    const [, ways] = /varies in (\d+) ways/.exec(readDocument("README.md").text) ?? [];
    assert.equal(Number(ways), Object.keys(DEFAULT_SWITCHES).length);
  });

  it("has IDs of Keycard's form in the examples", () => {
    for (const id of [SAMPLE_ZONE, SAMPLE_ENTITY, SAMPLE_OTHER_ENTITY, SAMPLE_SECRET]) {
      assert.match(id, /^[a-z0-9]{26}$/);
    }
  });
});
