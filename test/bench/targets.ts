import { keysOf, number, type Figures, type Spread } from "./figures";
import type { Key } from "./results";

/** Operations in which only Pulumi and the package take time, and the others. */
const [IDLE, BUSY] = ["preview|unchanged", "create|update|refresh|destroy"];

/**
 * Compares the figures with the targets: the median of each key is at most the limit.
 *
 * @returns for each target the figure that is farthest from its limit, where that was, and the verdict
 */
export function verdictsOf(figures: Figures) {
  const own = (figure: Parameters<Figures["spread"]>[1]) => (one: Key) => figures.spread(one, figure);
  const versus = (who: string) => (one: Key) => figures.compare(one, { who });
  const noop = (one: Key) => figures.compare(one, { who: "noop" }, "secondsLessEmulator");
  const memory = (one: Key) => figures.compare(one, { who: "noop" }, "providerMB", "−");
  const empty = (one: Key) => figures.compare(one, { who: "empty" }, "seconds", "−");
  const few = (one: Key) => figures.compare(one, { size: 200 });
  // The same contender with another setting.
  const without = (setting: string) => (one: Key) => versus(one.who.replace(/, .*/, `, ${setting}`))(one);
  const variables = "ours, fromEnv|native, fromEnv";
  const commands = "ours, fromCommand|native, fromCommand";
  const targets: [string, number, string, (one: Key) => Spread | undefined][] = [
    ["ours × no-op: preview and unchanged of 1,000", 0.7, `${IDLE}/1000/ours`, versus("noop")],
    ["ours × no-op: preview and unchanged of 100", 0.92, `${IDLE}/100/ours`, versus("noop")],
    ["ours × no-op: preview and unchanged of 10", 1.05, `${IDLE}/10/ours`, versus("noop")],
    ["ours × no-op: everything else, less emulator", 1.05, `${BUSY}/10|100|1000/ours`, noop],
    ["ours × conventional: create of 1,000", 0.6, "create/1000/ours", versus("conventional")],
    ["native × ours: preview and unchanged of 10", 0.85, `${IDLE}/10/native`, versus("ours")],
    ["native × ours: create of 1,000", 0.95, "create/1000/native", versus("ours")],
    ["native, seconds over an empty program: preview of one", 0.2, "preview/1/native", empty],
    ["native, compiled code kept × not", 0.75, "preview/10/native, everywhere, warm", without("nowhere")],
    ["ours, compiled code kept × not", 0.85, "preview/10/ours, everywhere, warm", without("nowhere")],
    ["values from variables × inline", 1.15, `preview/1000/${variables}`, without("inline")],
    ["commands × one at a time", 0.2, `${IDLE}/50/${commands}`, without("one at a time")],
    ["ours, bytes of state per secret", 2_500, "create/10|100|1000/ours", own("stateBytesEach")],
    [
      "native, the same with only an entity and a token",
      1_700,
      "create/100/native, minimal",
      own("stateBytesEach"),
    ],
    ["requests that are not needed", 0, `${IDLE}|${BUSY}/10|100|1000/ours|native`, own("requestsNotNeeded")],
    ["ours, MB of memory over no-op: 1,000", 40, `${IDLE}|${BUSY}/1000/ours`, memory],
    ["client × a bare loop with axios", 1 / 0.95, "client/10000/ours", versus("axios")],
    ["seconds to keep 500 KB of output out of a message", 0.5, "redaction/500/ours", own("seconds")],
    ["2,000 values kept out of a log × 200", 2, "log/2000/ours", few],
  ];
  return targets.map(([text, limit, keys, found]) => {
    const all = keysOf(keys);
    const known = all.flatMap((key) => [found(key)].flatMap((spread) => (spread ? [{ key, spread }] : [])));
    const [worst] = known.sort((one, other) => other.spread[1] - one.spread[1]);
    const missed = known.filter(({ spread }) => spread[1] > limit).length;
    const verdict = missed > 0 ? "missed" : known.length < all.length ? "not measured" : "met";
    const { operation, size, who } = worst?.key ?? { operation: "", size: 0, who: "" };
    const others = missed > 1 ? `, and ${missed - 1} more` : "";
    const where = all.length === 1 || !worst ? "" : `, ${operation} of ${number(size)}, ${who}${others}`;
    return { text, limit, worst: worst?.spread, where, verdict };
  });
}
