const ENDS_WITHIN_MS = 10_000;

/**
 * Ends this process if something still keeps it alive 10 seconds from now, for example a server that was not closed. It
 * then says so, and fails. Call it when all work is done.
 */
export function endInTime(withinMs = ENDS_WITHIN_MS): void {
  const end = () => {
    const kinds = [...new Set(process.getActiveResourcesInfo())].join(", ");
    console.error(
      `The work is done, but something keeps this process alive (${kinds}). ` +
        "Close what the work has opened, in a clean-up that runs even if an earlier one fails.",
    );
    // Mocha sets the number of failed tests when the process ends, and that may be 0.
    process.once("exit", (code) => (process.exitCode = code === 0 ? 1 : code));
    process.exit();
  };
  // Without a reference, the timer itself keeps nothing alive.
  setTimeout(end, withinMs).unref();
}

/** Mocha calls this after the last test. */
export const mochaGlobalTeardown = (): void => endInTime();
