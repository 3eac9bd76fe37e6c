/** A store process for tests: the real program, which can be killed and started again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface StoreProcess extends AsyncDisposable {
  readonly pid: number;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

const program = join(import.meta.dirname, 'main.ts');

/** Starts `lab/store/main.ts`; resolves when it is ready, rejects with its last words. */
export async function startStoreProcess(
  listen: string,
  dataDirectory: string,
): Promise<StoreProcess> {
  const child = spawn(
    process.execPath,
    [program, `--listen=${listen}`, `--data-dir=${dataDirectory}`],
    { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
  );
  await ready(child);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  return {
    pid: child.pid ?? 0,
    kill: () => end('SIGKILL'),
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  };
}

async function ready(child: ChildProcess): Promise<void> {
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => (words += chunk.toString()));
  const exited = once(child, 'close').then(() => {
    throw new Error(words.trim());
  });
  await Promise.race([once(child, 'message'), exited]);
  exited.catch(() => undefined);
}
