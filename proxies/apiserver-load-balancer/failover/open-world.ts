/** A world to measure in, for a process outside of it. */
import { callsTo } from '../../kit/testing/calls.ts';
import { startIsolatedChild } from '../../kit/testing/isolated-child.ts';
import type { FailoverWorld } from './world-main.ts';

/** @throws Error with the reason where namespaces are not to be had */
export async function openFailoverWorld(): Promise<FailoverWorld & AsyncDisposable> {
  const isolated = await startIsolatedChild(new URL('world-main.ts', import.meta.url));
  return {
    ...callsTo<FailoverWorld>(isolated.child, ['measure']),
    [Symbol.asyncDispose]: () => isolated[Symbol.asyncDispose](),
  };
}
