import { CONTENDERS, type Contender } from "./build-contenders";
import { minimumRequests, OPERATIONS, type Operation, type Requests } from "./operations";
import type { Measurement, Results } from "./results";

/** Changes one measurement of results that otherwise meet every target. */
export type Change = (one: Measurement) => Partial<Measurement>;

const SECONDS: Record<Contender, number> = { noop: 10, ours: 10.5, native: 8.5, conventional: 20 };

/** Results of no run, for tests: three runs at two sizes. */
export function madeUpResults(change: Change = () => ({}), sizes = [10, 1000]): Results {
  const measurements = sizes.flatMap((secrets) =>
    [1, 2, 3].flatMap((run) =>
      OPERATIONS.flatMap((operation) =>
        CONTENDERS.map((contender) => {
          const one = measurement(secrets, run, operation, contender);
          return { ...one, ...change(one) };
        }),
      ),
    ),
  );
  return {
    date: "2026-01-31",
    machine: { cores: 2, memoryGB: 8, system: "linux x64" },
    versions: { node: "v20.0.0", sdk: "v3.0.0", cli: "v3.1.0" },
    clientRequests: 100,
    one: [1, 1, 1].map((empty) => ({ empty, ours: 1.4, native: 1.15 })),
    minimalState: { secrets: 100, ours: 1_970, native: 1_610 },
    client: [rates(900), rates(980), rates(1000)],
    measurements,
  };
}

function measurement(secrets: number, run: number, operation: Operation, contender: Contender): Measurement {
  const requests: Requests | null = contender === "noop" ? null : minimumRequests(operation, secrets);
  return {
    secrets,
    run,
    operation,
    contender,
    seconds: SECONDS[contender],
    cpuSeconds: SECONDS[contender] / 2,
    requests,
    emulatorCpuSeconds: contender === "noop" ? null : 0.5,
    providerPeakBytes: contender === "noop" ? 100e6 : 130e6,
    ...(operation === "create" && { stateBytes: secrets * 1_600 }),
  };
}

function rates(requestsPerSecond: number) {
  return {
    ours: { requestsPerSecond, cpuMicrosecondsPerRequest: 300 },
    axios: { requestsPerSecond: 1000, cpuMicrosecondsPerRequest: 290 },
  };
}
