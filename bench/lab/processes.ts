/** The store and one apiserver as processes, and what the system says of them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface ServingProcess extends AsyncDisposable {
  readonly address: string;
  readonly pid: number;
  /** From the start of the process to its word that it is ready. */
  readonly readyMs: number;
}

const lab = join(import.meta.dirname, '../../lab');
export const token = 'bench';

export async function startStore(directory: string): Promise<ServingProcess> {
  const listen = join(directory, 'store.sock');
  return start('store/main.ts', [`--listen=${listen}`, `--data-dir=${join(directory, 'data')}`]);
}

/** An apiserver of this store, for one administrator with the token. */
export async function startApiserver(directory: string, store: string): Promise<ServingProcess> {
  const tokens = join(directory, 'tokens.csv');
  await writeFile(tokens, `${token},bench,1,"system:masters"\n`);
  return start('apiserver/main.ts', [
    '--bind-address=127.0.0.1',
    '--secure-port=0',
    `--token-auth-file=${tokens}`,
    `--cert-dir=${join(directory, 'certs')}`,
    `--etcd-servers=${store}`,
  ]);
}

async function start(program: string, flags: readonly string[]): Promise<ServingProcess> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [join(lab, program), ...flags], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ready = once(child, 'message') as Promise<[{ readonly address: string }]>;
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`${program} ended with ${String(code)}`);
  });
  const [{ address }] = await Promise.race([ready, exited]);
  exited.catch(() => undefined);
  return {
    address,
    pid: child.pid ?? 0,
    readyMs: performance.now() - startedAt,
    [Symbol.asyncDispose]: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

/** Resident bytes of a process (`VmRSS`). */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? NaN) * 1024;
}
