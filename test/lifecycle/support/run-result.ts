import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";

/** What the engine did, or would do, with one resource. */
export interface Step {
  /** The resource's name in the program. */
  name: string;
  type: string;
  urn: string;
  /** For example `create`, `update`, `same`, `create-replacement`, `replace`, `delete-replaced`, `delete`. */
  op: string;
  /** The top-level properties that differ, sorted. */
  changed: string[];
  /** Each path that differs, and how: `{"metadata.team": "update"}`. */
  detail: Record<string, string>;
  /** True for what a refresh found, alone or as part of `up`. */
  whileRefreshing: boolean;
}

/** The result of one command of the CLI. */
export interface RunResult {
  stdout: string;
  stderr: string;
  /** Why the command failed; absent if it succeeded. */
  error?: string;
  /** The number of resources of each kind of change, including the stack itself: `{create: 2}`. */
  changes: Record<string, number>;
  /** The stack's outputs as the engine reports them: a secret output is `"[secret]"`. */
  outputs: Record<string, unknown>;
  /** One for each resource and operation, without the stack and the providers. */
  steps: Step[];
  /** Every diagnostic that the user sees. */
  diagnostics: string[];
  events: EngineEvent[];
}

/** Reads a run's result from its output and from the engine's events. */
export function runResult(printed: { stdout: string; stderr: string }, events: EngineEvent[]): RunResult {
  const summary = events.findLast((event) => event.summaryEvent)?.summaryEvent;
  return {
    ...printed,
    changes: { ...(summary?.resourceChanges as Record<string, number> | undefined) },
    outputs: stackOutputs(events),
    steps: stepsOf(events),
    diagnostics: diagnosticsOf(events),
    events,
  };
}

function diagnosticsOf(events: EngineEvent[]): string[] {
  return events.flatMap(({ diagnosticEvent }) => {
    // The automation API also requests these diagnostics, but no user sees them.
    const severity: string | undefined = diagnosticEvent?.severity;
    return diagnosticEvent === undefined || severity === "debug" ? [] : [diagnosticEvent.message];
  });
}

function stepsOf(events: EngineEvent[]): Step[] {
  const steps: Step[] = [];
  for (const { resourcePreEvent, resOutputsEvent } of events) {
    const metadata = (resourcePreEvent ?? resOutputsEvent)?.metadata;
    if (metadata === undefined || /^pulumi:(pulumi:Stack$|providers:)/.test(metadata.type)) continue;
    const started = steps.find(({ urn, op }) => urn === metadata.urn && op === "refresh");
    if (resourcePreEvent !== undefined) {
      steps.push(stepOf(metadata, resourcePreEvent.metadata.op === "refresh"));
    } else if (started !== undefined) {
      // Only the second event has the result of a refresh: the first comes before the engine calls the provider.
      Object.assign(started, stepOf(metadata, true));
    }
  }
  return steps;
}

function stepOf(metadata: StepEventMetadata, whileRefreshing: boolean): Step {
  const { urn, type, op, diffs, detailedDiff } = metadata;
  const detail: Record<string, string> = {};
  for (const [path, { diffKind }] of Object.entries(detailedDiff ?? {})) detail[path] = diffKind;
  const name = urn.split("::").at(-1) ?? urn;
  return { name, type, urn, op, changed: [...(diffs ?? [])].sort(), detail, whileRefreshing };
}

function stackOutputs(events: EngineEvent[]): Record<string, unknown> {
  const stack = events.findLast(
    ({ resOutputsEvent }) => resOutputsEvent?.metadata.type === "pulumi:pulumi:Stack",
  )?.resOutputsEvent;
  const outputs: Record<string, unknown> = { ...stack?.metadata.new?.outputs };
  return Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => [key, isMarked(value) ? "[secret]" : value]),
  );
}

// The engine wraps a secret in an object that has this key.
function isMarked(value: unknown): boolean {
  return typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value;
}
