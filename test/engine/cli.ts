import { findEngine } from "./find-engine";
import { endOnClosedPipe } from "../../provider/command-line/terminal";

endOnClosedPipe();

/** Gets the engine ahead of time, and prints where it is; with `--bin` only its folder, for the PATH. */
async function main(): Promise<void> {
  const started = Date.now();
  const engine = await findEngine();
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  if (process.argv.includes("--bin")) console.log(engine.bin);
  else console.log(`Pulumi ${engine.version} at ${engine.pulumi} (${engine.how}; ${seconds} s)`);
}

main().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
