import assert from "node:assert/strict";
import { type ResourceKind, NAME_OF } from "../../support/resource-kinds";
import { type Chapter, type Play, AT_FIRST, CHAPTERS } from "./chapters";
import type { Shape } from "./shapes";
import { type Kind, openStage } from "./stage";

/** One line of a table: a shape, and an `x` for each chapter that is played in it and a `-` for each that is left out. */
export type Line = [kind: Kind, shape: Shape, marks: string];

const NAMES = Object.keys(CHAPTERS) as Chapter[];

/** Declares the tests of a table: one for each chapter of each line, which begins where the one before it ended. */
export function playPairs(resource: ResourceKind, table: Line[]): void {
  for (const [kind, shape, marks] of table) {
    describe(`${TITLES[kind]} with the shape "${shape}", with ${NAME_OF[resource]},`, function () {
      let play: Play;
      before(async function () {
        // The host of YAML may have to be built.
        if (kind === "yaml") this.timeout(900_000);
        play = { ...(await openStage(kind, shape, resource)), resource, shape, secrets: AT_FIRST };
      });
      after(() => play.close());
      for (const name of chaptersOf(marks)) it(TEXTS[name], () => CHAPTERS[name](play));
    });
  }

  it(`plays each chapter in two shapes at least, with ${NAME_OF[resource]}`, () => {
    for (const name of NAMES) {
      const played = table.filter(([, , marks]) => chaptersOf(marks).includes(name));
      assert.ok(played.length >= 2, name);
    }
  });
}

function chaptersOf(marks: string): Chapter[] {
  const all = marks.split(/ +/);
  assert.equal(all.length, NAMES.length, marks);
  return NAMES.filter((_, index) => all[index] === "x");
}

const TITLES: Record<Kind, string> = {
  inline: "an inline program",
  process: "a program of the CLI",
  yaml: "a YAML program",
};

const TEXTS: Record<Chapter, string> = {
  create: "creates secrets that depend on nothing by themselves, and then changes nothing",
  patch: "patches what changed, and no other secret",
  drift: "finds what was changed in Keycard, and corrects it",
  adopt: "adopts a secret without creating one",
  rename: "keeps secrets under new names",
  replace: "replaces a secret, and deletes the old one",
  lookUp: "looks a secret up by each function",
  remove: "deletes what is no longer declared, and everything in the end",
};
