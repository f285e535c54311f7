import assert from "node:assert/strict";
import { madeUpResults, type Change } from "./made-up-results";
import type { Contender } from "./build-contenders";
import { minimumRequests, OPERATIONS } from "./operations";
import type { Measurement, Results } from "./results";
import { targetsOf } from "./targets";

const TEXTS = {
  idleLarge: "preview and unchanged `up` of 1,000 secrets in at most 0.70 × the no-op provider's time",
  idle: "preview and unchanged `up` of 100 secrets in at most 0.90 × the no-op provider's time",
  noop: "everything else in at most 1.05 × the no-op provider's time, the emulator's own time taken off",
  conventional: "at most 0.6 × the conventional provider's time to create 1,000 secrets",
  nativeIdle:
    "native: preview and unchanged `up` of 10 secrets in at most 0.85 × the dynamic resource's time",
  nativeCreate: "native: create of 1,000 secrets in at most 0.95 × the dynamic resource's time",
  nativeOne: "native: preview of one secret at most 0.2 s longer than that of an empty program",
  state: "ours: at most 2,500 bytes of state per secret",
  minimalState: "native: at most 1,700 bytes of state per secret with only an entity and a token",
  requests:
    "no more requests than needed, through both doors: none for unchanged and preview, a token and one for each secret that " +
    "changes for create, update and destroy, a token, one listing for each entity and one read for each secret updated before " +
    "for refresh",
  memory: "at most 40 MB of memory over the no-op provider at 1,000 secrets",
  client: "the client alone at least 0.95 × as many requests a second as a bare loop with axios",
};

type Name = keyof typeof TEXTS;

/** The verdict on one target, with the figure given. */
function judged(name: Name, results: Results): [string, string] {
  const target = targetsOf(results).find(({ text }) => text === TEXTS[name]);
  return [target?.verdict ?? "no such target", target?.found ?? ""];
}

const by =
  (contender: Contender) =>
  (change: Change): Change =>
  (one) =>
    one.contender === contender ? change(one) : {};
const ours = by("ours");
const native = by("native");

const isIdle = ({ operation }: Measurement) => operation === "preview" || operation === "unchanged";
const SIZES = [10, 100, 1000];

/** Idle operations as fast as they are meant to be, and whatever a test changes. */
const results = (change: Change = () => ({}), sizes = SIZES) =>
  madeUpResults((one) => {
    const fast = one.contender === "ours" && isIdle(one) && one.secrets >= 100;
    const share = one.secrets === 1000 ? 6.9 : 8.9;
    return { ...(fast && { seconds: share }), ...change(one) };
  }, sizes);

describe("the targets of the bench", () => {
  it("the targets are met by figures within them", () => {
    const slightlySlower = results(ours((one) => (isIdle(one) ? {} : { seconds: 10.9 })));
    assert.deepEqual(
      targetsOf(slightlySlower).map(({ text, verdict, found }) => [text, verdict, found]),
      [
        [TEXTS.idleLarge, "met", "0.69 for unchanged at 1,000"],
        [TEXTS.idle, "met", "0.89 for unchanged at 100"],
        [TEXTS.noop, "met", "1.04 for create at 10"],
        [TEXTS.conventional, "met", "0.55 for create at 1,000"],
        [TEXTS.nativeIdle, "met", "0.81 for unchanged at 10"],
        [TEXTS.nativeCreate, "met", "0.78 for create at 1,000"],
        [TEXTS.nativeOne, "met", "0.15"],
        [TEXTS.state, "met", "1,600 at 10"],
        [TEXTS.minimalState, "met", "1,610"],
        [TEXTS.requests, "met", ""],
        [TEXTS.memory, "met", "30 MB for create"],
        [TEXTS.client, "met", "0.98"],
      ],
    );
  });

  it("the targets are missed if a median exceeds the no-op provider's by too much", () => {
    const slow = (runs: number, operation: string, secrets: number, seconds: number) =>
      results(
        ours((one) =>
          one.operation === operation && one.secrets === secrets && one.run <= runs ? { seconds } : {},
        ),
      );
    assert.equal(judged("noop", slow(1, "refresh", 10, 12.5))[0], "met");
    assert.deepEqual(judged("noop", slow(2, "refresh", 10, 12.5)), ["missed", "1.20 for refresh at 10"]);
    assert.deepEqual(judged("noop", slow(2, "preview", 10, 12.5)), ["missed", "1.20 for preview at 10"]);
    assert.equal(judged("idleLarge", slow(1, "preview", 1000, 7.2))[0], "met");
    assert.deepEqual(judged("idleLarge", slow(2, "preview", 1000, 7.2)), [
      "missed",
      "0.72 for preview at 1,000",
    ]);
    assert.deepEqual(judged("idle", slow(2, "unchanged", 100, 9.2)), ["missed", "0.92 for unchanged at 100"]);
    assert.equal(judged("noop", slow(2, "unchanged", 100, 9.2))[0], "met");
  });

  it("the targets are missed by a plugin that is hardly faster than the dynamic resource", () => {
    const idle = results(native((one) => (isIdle(one) && one.secrets === 10 ? { seconds: 9.2 } : {})));
    assert.deepEqual(judged("nativeIdle", idle), [
      "missed",
      "0.88 for unchanged at 10, 0.88 for preview at 10",
    ]);
    const create = results(native(({ operation }) => (operation === "create" ? { seconds: 10.1 } : {})));
    assert.deepEqual(judged("nativeCreate", create), ["missed", "0.96 for create at 1,000"]);
    const one = [1, 1, 1].map((empty) => ({ empty, ours: 1.4, native: 1.25 }));
    assert.deepEqual(judged("nativeOne", { ...results(), one }), ["missed", "0.25"]);
  });

  it("the targets are missed if a create takes too long", () => {
    const slow = madeUpResults(ours(({ operation }) => (operation === "create" ? { seconds: 12.2 } : {})));
    assert.deepEqual(judged("conventional", slow), ["missed", "0.61 for create at 1,000"]);
  });

  it("the targets are missed by one state that is too large", () => {
    const large = madeUpResults(
      ours(({ run, secrets, operation }) =>
        run === 2 && secrets === 1000 && operation === "create" ? { stateBytes: 2_501_000 } : {},
      ),
    );
    assert.deepEqual(judged("state", large), ["missed", "2,501 at 1,000"]);
    const minimalState = { secrets: 100, ours: 1_600, native: 1_701 };
    assert.deepEqual(judged("minimalState", { ...madeUpResults(), minimalState }), ["missed", "1,701"]);
  });

  it("the targets are missed by one additional request, or by one of another kind", () => {
    const more = madeUpResults(
      ours(({ operation, run, secrets }) =>
        operation === "unchanged" && run === 3 && secrets === 10 ? { requests: { token: 1 } } : {},
      ),
    );
    assert.deepEqual(judged("requests", more), ["missed", "ours: 1 instead of 0 for unchanged at 10"]);
    const other = madeUpResults(
      native(({ operation, secrets }) =>
        operation === "update" && secrets === 10 ? { requests: { token: 1, patch: 9, get: 1 } } : {},
      ),
    );
    assert.deepEqual(judged("requests", other), ["missed", "native: 11 instead of 2 for update at 10"]);
  });

  it("the targets are missed by too much memory, but only at the largest size", () => {
    const large = (size: number) =>
      madeUpResults(
        ours(({ secrets, operation }) =>
          secrets === size && operation === "update" ? { providerPeakBytes: 141e6 } : {},
        ),
      );
    assert.deepEqual(judged("memory", large(10)), ["met", "30 MB for create"]);
    assert.deepEqual(judged("memory", large(1000)), ["missed", "41 MB for update"]);
  });

  it("the targets are missed by a client that is too slow", () => {
    const slow = madeUpResults();
    for (const pair of slow.client.slice(1)) pair.ours.requestsPerSecond = 940;
    assert.deepEqual(judged("client", slow), ["missed", "0.94"]);
  });

  it("what was not measured has no effect on the targets", () => {
    const small = madeUpResults(() => ({}), [10]);
    assert.deepEqual(judged("conventional", small), ["not measured", ""]);
    assert.deepEqual(judged("nativeOne", { ...small, one: [] }), ["not measured", ""]);
    const { minimalState, measurements, ...rest } = small;
    assert.ok(minimalState);
    assert.deepEqual(judged("minimalState", { ...rest, measurements }), ["not measured", ""]);
    const dynamicAlone = { ...rest, measurements: measurements.filter((one) => one.contender !== "native") };
    for (const name of ["nativeIdle", "nativeCreate"] as const) {
      assert.deepEqual(judged(name, dynamicAlone), ["not measured", ""]);
    }
    assert.deepEqual(judged("memory", small), ["not measured", ""]);
    assert.deepEqual(judged("client", { ...small, client: [] }), ["not measured", ""]);
    const elsewhere = madeUpResults(() => ({ providerPeakBytes: null }));
    assert.deepEqual(judged("memory", elsewhere), ["not measured", ""]);
  });

  it("the targets contain the minimum number of requests of each operation", () => {
    const minima = OPERATIONS.map((operation) => [operation, minimumRequests(operation, 1000)]);
    assert.deepEqual(Object.fromEntries(minima), {
      create: { token: 1, post: 1000 },
      unchanged: {},
      preview: {},
      update: { token: 1, patch: 100 },
      refresh: { token: 1, list: 50, get: 100 },
      destroy: { token: 1, delete: 1000 },
    });
  });

  it("the time to redact a message has a target, if it was measured", () => {
    const text = "at most 0.5 s to keep 500 KB of a command's output out of a message";
    const judgedAt = (seconds: number) => {
      const redaction = [
        { kilobytes: 50, seconds: 0.01 },
        { kilobytes: 500, seconds },
      ];
      const target = targetsOf({ ...madeUpResults(), redaction }).find((one) => one.text === text);
      return [target?.verdict, target?.found];
    };
    assert.deepEqual(judgedAt(0.1), ["met", "0.01 s for 50 KB, 0.1 s for 500 KB"]);
    assert.deepEqual(judgedAt(0.6)[0], "missed");
  });
});
