/** A world of network namespaces, for a test outside of it: who is where is in `places.ts`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DataplaneChange, DataplaneOptions } from '../../dataplane.ts';
import type { Flow, Observed } from '../cases/case.ts';
import type { Listening } from './answer.ts';
import { callsTo } from './calls.ts';

/** `rules`: by hand, as text for nft. */
export type WorldMode = 'nftables' | 'userspace' | { readonly rules: string };
export type WorldOptions = Omit<DataplaneOptions, 'log'>;

/** What else is on the node meanwhile. */
export interface NodeOptions {
  readonly addresses: readonly string[];
  readonly listeners: readonly Listening[];
}

export interface World extends AsyncDisposable {
  /** Opens servers at addresses of the world, for as long as it lasts. */
  listen(all: readonly Listening[]): Promise<void>;
  /** Starts a dataplane on the node, until it is closed. */
  open(mode: WorldMode, options: WorldOptions, node?: Partial<NodeOptions>): Promise<void>;
  sync(change: DataplaneChange): Promise<void>;
  look(flow: Flow): Promise<Observed>;
  close(): Promise<void>;
}

const isolation = [
  ...['--user', '--map-root-user', '--net', '--mount', '--pid', '--fork'],
  '--kill-child',
];

/** @throws Error with the reason where namespaces are not to be had */
export async function openWorld(): Promise<World> {
  const main = fileURLToPath(new URL('world-main.ts', import.meta.url));
  const child = spawn('unshare', [...isolation, process.execPath, main], {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (data: string) => {
    complaint += data;
    if (complaint.length < 10_000) process.stderr.write(data);
  });
  const exited = once(child, 'exit').then(() => {
    throw new Error(`The world has ended. ${complaint.trim()}`);
  });
  exited.catch(() => undefined);
  await Promise.race([once(child, 'message'), exited]);
  const calls = callsTo<World>(child, ['listen', 'open', 'sync', 'look', 'close']);
  return {
    ...calls,
    [Symbol.asyncDispose]: async () => {
      if (child.connected) child.disconnect();
      await exited.catch(() => undefined);
    },
  };
}
