import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Scene } from "./scene";

const DAY_MS = 86_400_000;

/** Runs all further processes of a scene as if this many days had passed. The emulator's clock does not change. */
export function daysPass({ stack }: Scene, days: number): void {
  const file = join(stack.root, "days-pass.cjs");
  writeFileSync(
    file,
    `const { now } = Date;
const later = () => now() + ${days * DAY_MS};
globalThis.Date = class extends Date {
  constructor(...parts) {
    super(...(parts.length === 0 ? [later()] : parts));
  }
};
globalThis.Date.now = later;
`,
  );
  stack.setEnv({ NODE_OPTIONS: `--require ${file}` });
}
