/** A world of network namespaces, for a test outside of it: who is where is in `places.ts`. */
import { callsTo } from '../../../kit/testing/calls.ts';
import { startIsolatedChild } from '../../../kit/testing/isolated-child.ts';
import type { DataplaneChange, DataplaneOptions } from '../../dataplane.ts';
import type { Flow, Observed } from '../cases/case.ts';
import type { Listening } from './answer.ts';

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

/** @throws Error with the reason where namespaces are not to be had */
export async function openWorld(): Promise<World> {
  const isolated = await startIsolatedChild(new URL('world-main.ts', import.meta.url));
  const calls = callsTo<World>(isolated.child, ['listen', 'open', 'sync', 'look', 'close']);
  return { ...calls, [Symbol.asyncDispose]: () => isolated[Symbol.asyncDispose]() };
}
