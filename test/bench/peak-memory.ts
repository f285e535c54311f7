import { readFileSync } from "node:fs";
import { processIds } from "../lifecycle/support/processes";

const POLL_MS = 50;
/** Searching for processes costs more than reading known ones. */
const POLLS_A_SEARCH = 5;

/** Watches the provider of a stack. The peak is the system's own figure, so no sample misses it. */
export class PeakMemory {
  private readonly timer: NodeJS.Timeout;
  private pids: number[] = [];
  private polls = 0;
  /** In bytes; null if the system does not report it, or no provider was found. */
  peak: number | null = null;

  /**
   * @param folder - a path that only the stack's processes have in their environment
   * @param kind - a part of the provider's command line
   */
  constructor(
    private readonly folder: string,
    private readonly kind: string,
  ) {
    this.timer = setInterval(() => this.look(), POLL_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    if (process.platform !== "linux") return;
    if (this.polls++ % POLLS_A_SEARCH === 0) this.pids = processIds(this.folder, this.kind);
    for (const pid of this.pids) {
      const bytes = peakOf(pid);
      if (bytes !== undefined) this.peak = Math.max(this.peak ?? 0, bytes);
    }
  }
}

function peakOf(pid: number): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
