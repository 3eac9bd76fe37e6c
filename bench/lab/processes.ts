/** What is measured as processes: the store, one apiserver, the lab; and what the system says of them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { frugalEnvironment, frugalFlags } from '../../lab/machines/frugal.ts';

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
  const flags = [`--listen=${listen}`, `--data-dir=${join(directory, 'data')}`];
  return start(join(lab, 'store/main.ts'), flags);
}

/** An apiserver for one administrator with the token: of this store, or with one in its memory. */
export async function startApiserver(
  directory: string,
  store?: string,
  flags: readonly string[] = [],
): Promise<ServingProcess> {
  const tokens = join(directory, 'tokens.csv');
  await writeFile(tokens, `${token},bench,1,"system:masters"\n`);
  return start(join(lab, 'apiserver/main.ts'), [
    '--bind-address=127.0.0.1',
    '--secure-port=0',
    `--token-auth-file=${tokens}`,
    `--cert-dir=${join(directory, 'certs')}`,
    ...(store === undefined ? [] : [`--etcd-servers=${store}`]),
    ...flags,
  ]);
}

/** The lab with all its machines, which keeps its state in the directory. */
export async function startLabHost(directory: string): Promise<ServingProcess> {
  return start(join(import.meta.dirname, 'lab-host.ts'), [`--directory=${directory}`]);
}

async function start(program: string, flags: readonly string[]): Promise<ServingProcess> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...frugalFlags, program, ...flags], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...frugalEnvironment, ...process.env },
  });
  const ready = once(child, 'message') as Promise<[{ readonly address?: string }]>;
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`${program} ended with ${String(code)}`);
  });
  const [{ address = '' }] = await Promise.race([ready, exited]);
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
