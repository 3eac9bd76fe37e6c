/** A store process for tests, which can be killed, and a way to it that can be cut. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

export interface StoreProcess extends AsyncDisposable {
  readonly pid: number;
  /** SIGSTOP, SIGCONT. */
  signal(signal: NodeJS.Signals): void;
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
    signal: (signal) => void child.kill(signal),
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

export interface Relay extends AsyncDisposable {
  /** How many requests have been passed on. */
  sentLines(): number;
  /** Answers go nowhere from now on. */
  mute(): void;
  /** Breaks every connection; new ones are passed on again. */
  cut(): void;
}

/** Passes connections at a socket on to another. */
export async function startRelay(path: string, target: string): Promise<Relay> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let sentLines = 0;
  const server = createServer((client) => {
    client.on('data', (chunk) => (sentLines += chunk.toString().split('\n').length - 1));
    const pair = [client, connect(target)] as const;
    pairs.add(pair);
    const drop = () => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) socket.on('error', () => undefined).once('close', drop);
    client.pipe(pair[1]).pipe(client);
  });
  server.listen(path);
  await once(server, 'listening');
  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  return {
    sentLines: () => sentLines,
    mute: () => {
      for (const [client, upstream] of pairs) upstream.unpipe(client).resume();
    },
    cut,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}
