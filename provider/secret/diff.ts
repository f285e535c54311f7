import { sameJson } from "../json";
import { type Call, isUnknown, nameIn } from "../pulumi-values";
import { valueOf } from "../values/kinds";
import { type SecretInputs, changedArguments } from "./fields";
import type { PlannedResource } from "./ownership";
import { type RunMemory, isUnconfirmedId } from "./run-memory";
import { type Known, missingPlaces, warningOfAge } from "./state";

/** What the program declares, as `check` has seen it. */
export interface Plan {
  /** The arguments in the state; undefined if they are not known. */
  olds: Partial<SecretInputs> | undefined;
}

/** An argument that differs. */
interface Difference {
  name: keyof SecretInputs;
  old: unknown;
  now: unknown;
}

/** The effect of changed arguments. */
export interface Diff {
  /** Undefined if the engine is to find and list the changed arguments itself. */
  changes: boolean | undefined;
  replaces: string[];
  differences: Difference[];
}

/**
 * Finds the effect of changed arguments.
 *
 * @param plan - undefined if the program does not declare the secret, as in a refresh
 * @throws an Error if the engine would delete a secret that is still needed, or one whose state is incomplete
 */
export async function diffSecret(
  run: RunMemory,
  { urn }: Call,
  id: string,
  olds: Known,
  news: SecretInputs,
  plan: Plan | undefined,
): Promise<Diff> {
  if (isUnconfirmedId(id)) {
    run.unconfirmed.note(urn, id, olds, news);
    const differences = differencesOf(allChanges(olds.declared, news), olds.declared, news);
    return { changes: true, replaces: ["entityId"], differences };
  }
  run.claimed.add(id);
  const planned = plan && run.ownership.diff(urn, id, olds.zoneId);
  const gaps = missingPlaces(olds);
  const declared = plan?.olds ?? news;
  const before = completed(olds.declared, declared, gaps);
  const replaces = changedArguments(before, news, "replace");
  if (replaces.length === 0) assertOwn(run, planned);
  else assertReplaceable(id, news, plan === undefined, gaps);
  // An update completes the state.
  if (gaps.length > 0) {
    const differences = differencesOf(allChanges(olds.declared, news), olds.declared, news);
    return { changes: true, replaces: [], differences };
  }
  const patches = changedArguments(before, news, "patch");
  // A refresh also calls `diff`, and the age of a value is no drift.
  const change = valueOf(news.data).changeFrom(valueOf(before.data), plan !== undefined);
  const isDue = change === "rotation";
  const reason =
    plan && replaces.length === 0 ? valueOf(news.data).renewedBecause(valueOf(before.data)) : undefined;
  if (reason !== undefined) {
    run.showOnce(id, `A new value is generated for ${nameIn(urn) || `the secret ${id}`}, because ${reason}.`);
  }
  if (isDue) patches.push("data");
  if (replaces.length === 0 && (change === "none" || change === "state"))
    await warnOfAge(run, id, olds, news, urn);
  const others = changedArguments(before, news, "state");
  const changes = [...replaces, ...patches, ...others];
  if (changes.length === 0) return { changes: false, replaces, differences: [] };
  await warnOfHidden(run, id, changes, urn);
  const overlooked = plan?.olds ? unchangedAmong(changes, plan.olds, news) : [];
  const isUnlisted = (replaces.length === 0 && isDue) || overlooked.length === changes.length;
  return {
    changes: isUnlisted ? true : undefined,
    replaces,
    differences: differencesOf(changes, before, news),
  };
}

function allChanges(olds: SecretInputs, news: SecretInputs): (keyof SecretInputs)[] {
  return (["replace", "patch", "state"] as const).flatMap((change) => changedArguments(olds, news, change));
}

function differencesOf(names: (keyof SecretInputs)[], olds: SecretInputs, news: SecretInputs): Difference[] {
  return [...new Set(names)].map((name) => {
    const [old, now] =
      name === "data" ? valueOf(news.data).shownBeside(valueOf(olds.data)) : [olds[name], news[name]];
    return { name, old, now };
  });
}

/**
 * The changes that the engine itself would not find, because only the outputs show them: the inputs in the state are the
 * declared ones. So it is if an update was done in part, and the program is again as it was before.
 */
function unchangedAmong<Name extends keyof SecretInputs>(
  names: Name[],
  olds: Partial<SecretInputs>,
  news: SecretInputs,
): Name[] {
  return names.filter((name) => sameJson(olds[name], news[name]));
}

/** The arguments in the state, with those that it lacks as they are declared. */
function completed<T extends object>(olds: T, declared: Partial<T>, gaps: (keyof T)[]): T {
  if (gaps.length === 0) return olds;
  return { ...olds, ...Object.fromEntries(gaps.map((name) => [name, declared[name]])) };
}

/** Warns of an old value, unless this run changes it. */
async function warnOfAge(
  run: RunMemory,
  id: string,
  olds: Known,
  { maxAgeDays }: SecretInputs,
  urn: string,
): Promise<void> {
  const warning = warningOfAge(olds, maxAgeDays, nameIn(urn) || `the secret ${id}`);
  if (warning !== undefined) await run.warnOnce(id, warning, urn);
}

/** The option `hideDiffs` makes an update look like nothing (CLI 3.274). */
async function warnOfHidden(run: RunMemory, id: string, changes: string[], urn: string): Promise<void> {
  const hidden = changes.filter((name) => run.hidden.get(urn)?.includes(name));
  if (hidden.length === 0) return;
  const names = hidden.map((name) => `\`${name}\``).join(" and ");
  const line =
    `The change of ${names} of ${nameIn(urn) || `the secret ${id}`} is not shown, because the option \`hideDiffs\` names it. ` +
    "`pulumi preview --json` lists it.";
  await run.warnOnce(id, line, urn);
}

function assertOwn({ ownership }: RunMemory, planned: PlannedResource | undefined): void {
  const conflict = planned && ownership.keeps(planned);
  if (conflict !== undefined) throw new Error(conflict);
}

/** @param unplanned - true if the engine calls `diff` before the program has declared the secret */
function assertReplaceable(id: string, news: SecretInputs, unplanned: boolean, gaps: string[]): void {
  if (gaps.length > 0) {
    throw new Error(
      `The state of the secret ${id} has no \`${gaps.join("` and no `")}\`, so the secret cannot be replaced. ` +
        "Declare its present zone and entity and run `pulumi up`, which completes the state. Then replace it.",
    );
  }
  // This is how the engine calls `diff` for dependents of a resource that is deleted before it is replaced.
  const isDeletedFirst = unplanned && (isUnknown(news.zoneId) || isUnknown(news.entityId));
  if (!isDeletedFirst || news.adoptId !== id) return;
  throw new Error(
    `The secret ${id} would be deleted together with a resource that it depends on, and \`adoptId\` could not adopt it ` +
      "again. Remove `adoptId` and run `pulumi up` before you replace that resource.",
  );
}
