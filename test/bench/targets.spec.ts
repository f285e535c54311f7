import assert from "node:assert/strict";
import { madeUpResults, type Change } from "./made-up-results";
import { minimumRequests, OPERATIONS } from "./operations";
import type { Results } from "./results";
import { targetsOf } from "./targets";

const TEXTS = {
  floor: "at most 1.10 × the floor's time everywhere, the emulator's own time taken off",
  conventional: "at most 0.6 × the conventional provider's time to create 1,000 secrets",
  state: "at most 2,500 bytes of state a secret",
  requests:
    "no more requests than needed: none for unchanged and preview, a token and one for each secret that changes for " +
    "create, update and destroy, a token, one listing for each entity and one read for each secret updated before for refresh",
  memory: "at most 40 MB of memory over the do-nothing provider at 1,000 secrets",
  client: "the client alone at least 0.95 × as many requests a second as a bare loop with axios",
};

type Name = keyof typeof TEXTS;

/** The verdict on one target, with the figure given. */
function judged(name: Name, results: Results): [string, string] {
  const target = targetsOf(results).find(({ text }) => text === TEXTS[name]);
  return [target?.verdict ?? "no such target", target?.found ?? ""];
}

const ours =
  (change: Change): Change =>
  (one) =>
    one.contender === "ours" ? change(one) : {};

describe("the targets of the bench", () => {
  it("are met by figures within them", () => {
    const slightlyFaster = madeUpResults(ours(() => ({ seconds: 11.4 })));
    assert.deepEqual(
      targetsOf(slightlyFaster).map(({ text, verdict, found }) => [text, verdict, found]),
      [
        [TEXTS.floor, "met", "1.09 for create at 10"],
        [TEXTS.conventional, "met", "0.57"],
        [TEXTS.state, "met", "2,000 at 10"],
        [TEXTS.requests, "met", ""],
        [TEXTS.memory, "met", "30 MB for create"],
        [TEXTS.client, "met", "0.98"],
      ],
    );
  });

  it("are missed where the median is beyond the floor's", () => {
    const slow = (runs: number) =>
      madeUpResults(
        ours(({ operation, secrets, run }) =>
          operation === "refresh" && secrets === 10 && run <= runs ? { seconds: 12.5 } : {},
        ),
      );
    assert.deepEqual(judged("floor", slow(1)), ["met", "1.00 for create at 10"]);
    assert.deepEqual(judged("floor", slow(2)), ["missed", "1.20 for refresh at 10"]);
  });

  it("are missed where a create takes more than its share", () => {
    const slow = madeUpResults(ours(({ operation }) => (operation === "create" ? { seconds: 12.2 } : {})));
    assert.deepEqual(judged("conventional", slow), ["missed", "0.61"]);
  });

  it("are missed by one state that is too large", () => {
    const large = madeUpResults(
      ours(({ run, secrets, operation }) =>
        run === 2 && secrets === 1000 && operation === "create" ? { stateBytes: 2_501_000 } : {},
      ),
    );
    assert.deepEqual(judged("state", large), ["missed", "2,501 at 1,000"]);
  });

  it("are missed by one request more, or one of another kind", () => {
    const more = madeUpResults(
      ours(({ operation, run, secrets }) =>
        operation === "unchanged" && run === 3 && secrets === 10 ? { requests: { token: 1 } } : {},
      ),
    );
    assert.deepEqual(judged("requests", more), ["missed", "1 instead of 0 for unchanged at 10"]);
    const other = madeUpResults(
      ours(({ operation, secrets }) =>
        operation === "update" && secrets === 10 ? { requests: { token: 1, patch: 9, get: 1 } } : {},
      ),
    );
    assert.deepEqual(judged("requests", other), ["missed", "11 instead of 2 for update at 10"]);
  });

  it("are missed by too much memory at the largest size alone", () => {
    const large = (size: number) =>
      madeUpResults(
        ours(({ secrets, operation }) =>
          secrets === size && operation === "update" ? { providerPeakBytes: 141e6 } : {},
        ),
      );
    assert.deepEqual(judged("memory", large(10)), ["met", "30 MB for create"]);
    assert.deepEqual(judged("memory", large(1000)), ["missed", "41 MB for update"]);
  });

  it("are missed by a client that is slower than its share", () => {
    const results = madeUpResults();
    for (const pair of results.client.slice(1)) pair.ours.requestsPerSecond = 940;
    assert.deepEqual(judged("client", results), ["missed", "0.94"]);
  });

  it("are not judged by what was not measured", () => {
    const small = madeUpResults(() => ({}), [10]);
    assert.deepEqual(judged("conventional", small), ["not measured", ""]);
    assert.deepEqual(judged("memory", small), ["not measured", ""]);
    assert.deepEqual(judged("client", { ...small, client: [] }), ["not measured", ""]);
    const elsewhere = madeUpResults(() => ({ providerPeakBytes: null }));
    assert.deepEqual(judged("memory", elsewhere), ["not measured", ""]);
  });

  it("know the fewest requests of each operation", () => {
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

  it("judge the time that it takes to keep output out of a message, if it was measured", () => {
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
