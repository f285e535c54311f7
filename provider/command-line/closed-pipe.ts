/**
 * Ends the process quietly when its output is closed, as after `| head`. Node.js ignores the signal that ends other
 * programs then, and would print a stack trace.
 */
export function endOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit();
    });
  }
}
