/** A machine's program while it runs. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

export interface RunningProgram {
  readonly child: ChildProcess;
  readonly startedAt: number;
  /** Resolves with how it ended: `SIGKILL`, `status 1`. */
  readonly exited: Promise<string>;
  /** In order if it can; at once when told to, or when it does not end in time. */
  end(isAtOnce: boolean): Promise<void>;
}

const graceMs = 2_000;

/** Its output goes to the log, its channel to us. */
export function runProgramOf(
  [file = '', ...args]: readonly string[],
  logPath: string,
): RunningProgram {
  const log = openSync(logPath, 'a', 0o600);
  const child = spawn(file, args, { stdio: ['ignore', log, log, 'ipc'] });
  closeSync(log);
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `status ${code ?? 0}`));
    child.once('error', (error) => {
      if (child.pid === undefined) resolve(error.message);
    });
  });
  return {
    child,
    startedAt: Date.now(),
    exited,
    end: async (isAtOnce) => {
      child.kill(isAtOnce ? 'SIGKILL' : 'SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(late);
    },
  };
}
