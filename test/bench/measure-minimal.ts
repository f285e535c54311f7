import { BenchEmulator } from "./bench-emulator";
import { ZONE } from "./contenders/declared";
import type { Measuring } from "./measure";
import type { MinimalState } from "./results";

/** Many, so that the provider's own state is a small part of each. */
const SECRETS = 100;

/** Measures the state of secrets with only an entity and a token, through each door. */
export async function measureMinimalState(measuring: Measuring): Promise<MinimalState> {
  const emulator = await BenchEmulator.start();
  try {
    const env = { ...emulator.env, BENCH_MINIMAL: "1", KEYCARD_ZONE_ID: ZONE };
    const bytesOf = async (door: "ours" | "native") => {
      const stack = await measuring.openStack(door, SECRETS, env);
      const empty = await stack.stateBytes();
      await stack.run("create");
      const bytes = (await stack.stateBytes()) - empty;
      await stack.close();
      return Math.round(bytes / SECRETS);
    };
    return { secrets: SECRETS, ours: await bytesOf("ours"), native: await bytesOf("native") };
  } finally {
    await emulator.stop();
  }
}
