import { delimiter, dirname } from "node:path";

// A developer's own settings, and a proxy that would be used between the provider and the emulator.
const NOT_OURS = /^(KEYCARD_|PULUMI_|(https?|all)_proxy$)/i;

/**
 * Runs a function with an environment that has none of the developer's own settings, so that neither an inline program
 * nor a process that it starts sees them.
 *
 * @param env - variables that the test sets
 */
export async function withEnvironment<T>(env: Record<string, string>, run: () => Promise<T>): Promise<T> {
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) {
    if (NOT_OURS.test(name)) delete process.env[name];
  }
  // The engine starts `node` by name, so use the one that runs the tests.
  process.env["PATH"] = `${dirname(process.execPath)}${delimiter}${before["PATH"] ?? ""}`;
  Object.assign(process.env, env);
  try {
    return await run();
  } finally {
    for (const name of Object.keys(process.env)) {
      if (!(name in before)) delete process.env[name];
    }
    Object.assign(process.env, before);
  }
}

/** Limits the CLI to one folder: its home, its backend and a passphrase, without network access. */
export function engineEnvironment(folders: { home: string; state: string }): Record<string, string> {
  return {
    PULUMI_HOME: folders.home,
    PULUMI_BACKEND_URL: `file://${folders.state}`,
    PULUMI_CONFIG_PASSPHRASE: "of the lifecycle tests",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // Seen in CLI 3.259 and 3.274: it asks the session bus to keep the machine awake. Without a bus, `dbus-launch` starts a
    // daemon for each command, which outlives it.
    DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent",
  };
}
