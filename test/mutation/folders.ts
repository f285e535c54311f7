/** A folder of `provider/` whose tests are judged by the mutants that they find. */
export interface MutatedFolder {
  /** The folder, below `provider/`; its subfolders are not part of it. */
  name: string;
  /** The specs that run, fastest first, because the first test that fails ends the run of a mutant. */
  specs: string[];
}

/**
 * Each folder is judged by its own specs, not by others that happen to run its code. `keycard` also gets the specs of
 * `absence.ts` and `availability.ts` that are in other folders because they need a provider or a creation.
 *
 * Left out are specs that take long for each mutant that they cannot find, or that fail on a busy machine because they
 * measure real time, which would count as a mutant found: `http/waits`, `creations/late-work`, `creations/interrupted-waits`,
 * and the two in `operations/` that try hundreds of random sequences, `normalisation` and `patch-sequences`.
 */
export const FOLDERS: MutatedFolder[] = [
  {
    name: "secret",
    specs: [
      "test/plan/*.spec.ts",
      "test/fields.spec.ts",
      "test/operations/name-conflict.spec.ts",
      "test/operations/[!np]*.spec.ts",
    ],
  },
  { name: "values", specs: ["test/values/*.spec.ts"] },
  {
    name: "keycard",
    specs: [
      "test/keycard/*.spec.ts",
      "test/keycard/client/*.spec.ts",
      "test/keycard/creations/creation-begin.spec.ts",
      "test/keycard/creations/find-created.spec.ts",
      "test/keycard/creations/certainty.spec.ts",
      "test/keycard/creations/creations.spec.ts",
      "test/keycard/creations/availability.spec.ts",
      "test/operations/absence.spec.ts",
    ],
  },
  {
    name: "keycard/http",
    specs: [
      "test/keycard/http/[!tw]*.spec.ts",
      "test/keycard/http/t*.spec.ts",
      "test/keycard/client/*.spec.ts",
    ],
  },
];
