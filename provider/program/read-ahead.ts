import * as pulumi from "@pulumi/pulumi";
import { isRecord } from "../mistake";
import { type Ahead, hiddenOptions } from "../pulumi-values";
import { Source, isSource } from "../values/source";
import type { DeclaredData, ValueSource } from "../values/types";
import { givenIn } from "../values/value";

/** The number of variables that each resource tells about: enough to compute fingerprints side by side, and little to send. */
const VARIABLES = 8;

/** The number of files and commands that each resource tells about at least: enough to keep many reads busy. */
const WINDOW = 32;

/**
 * The number of files and commands that all resources together may tell about beyond that. The engine asks for resources in the order
 * in which their registrations happen to reach it, so the first one had better tell about all others.
 */
const MOST_TOLD = 10_000;

interface Reading {
  source: ValueSource;
  name: string;
  type: string;
  parent: pulumi.Resource | undefined;
  /** Known when it is constructed: transformations and components may set its provider. */
  resource?: { __prov?: pulumi.ProviderResource };
}

/** The resources that the program has constructed without waiting for anything. */
interface Batch {
  stack: string;
  readings: Reading[];
  /** What each of them tells, as soon as the program waits. */
  told: Promise<Map<Reading, Ahead>>;
}

let batch: Batch | undefined;

/**
 * Notes the source of a resource that is being constructed. The engine (CLI 3.274) asks the provider for one resource
 * at a time, but the program has usually constructed all of them before. So each tells about those that come after it,
 * and the provider reads their values side by side.
 *
 * @param type - the type of the resource
 * @returns undefined if the value comes from no source, or from one that is not known yet
 */
export function noteSource(name: string, type: string, data: unknown, opts: pulumi.CustomResourceOptions) {
  const { ignoresData } = hiddenOptions(opts);
  if (opts.id !== undefined || ignoresData || !isRecord(data) || !isSource(givenIn(data))) return undefined;
  const source = new Source(data as unknown as DeclaredData).readable;
  if (!source) return undefined;
  const reading: Reading = { source, name, type, parent: opts.parent };
  const { readings, told } = openBatch();
  readings.push(reading);
  return {
    ahead: told.then((all) => all.get(reading)),
    constructed: (resource: object) => {
      reading.resource = resource;
    },
  };
}

function openBatch(): Batch {
  // Several inline programs of the Automation API may run in one process.
  const stack = `${pulumi.getProject()}/${pulumi.getStack()}`;
  if (batch?.stack === stack) return batch;
  const readings: Reading[] = [];
  const opened: Batch = { stack, readings, told: Promise.resolve().then(() => close(opened)) };
  return (batch = opened);
}

function close(closed: Batch): Map<Reading, Ahead> {
  if (batch === closed) batch = undefined;
  const served = new Map<unknown, Reading[]>();
  for (const reading of closed.readings) {
    // Each explicit provider is a process of its own.
    const process = reading.resource?.__prov ?? reading.type;
    const alike = served.get(process) ?? [];
    served.set(process, alike);
    alike.push(reading);
  }
  return new Map([...served.values()].flatMap(tellsOf));
}

function tellsOf(readings: Reading[]): [Reading, Ahead][] {
  const slow = readings.filter(isSlow);
  const total = new Set(slow.map(({ source }) => JSON.stringify(source))).size;
  const most = Math.max(WINDOW, Math.floor(MOST_TOLD / readings.length));
  return readings.map((reading, at) => {
    const others = [...readings.slice(at + 1, at + 1 + most), ...readings.slice(0, Math.min(at, most))];
    const next = others.filter((other, place) => place < (isSlow(other) ? most : VARIABLES));
    const sources = new Map<string, Ahead["sources"][number]>();
    for (const { source, name, parent } of next) {
      const key = JSON.stringify(source);
      const known = sources.get(key) ?? [source];
      sources.set(key, parent === reading.parent ? [...known, name] : known);
    }
    return [reading, { total, sources: [...sources.values()] }];
  });
}

/** To read a variable takes no time. */
const isSlow = ({ source }: Reading) => !("fromEnv" in source);
