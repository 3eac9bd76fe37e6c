/** A world to churn in, for a process outside of it. */
import { callsTo } from '../../kit/testing/calls.ts';
import { startIsolatedChild } from '../../kit/testing/isolated-child.ts';
import type { ChurnWorld } from './world-main.ts';

/** @throws Error with the reason where namespaces are not to be had */
export async function openChurnWorld(): Promise<ChurnWorld & AsyncDisposable> {
  const isolated = await startIsolatedChild(new URL('world-main.ts', import.meta.url));
  return {
    ...callsTo<ChurnWorld>(isolated.child, ['churn']),
    [Symbol.asyncDispose]: () => isolated[Symbol.asyncDispose](),
  };
}
