/** A world for faults, for a test outside of it. */
import { callsTo } from '../../../kit/testing/calls.ts';
import { startIsolatedChild } from '../../../kit/testing/isolated-child.ts';
import type { FaultWorld } from './world-main.ts';

export type OpenedFaultWorld = FaultWorld & AsyncDisposable;

/** @throws Error with the reason where namespaces are not to be had */
export async function openFaultWorld(): Promise<OpenedFaultWorld> {
  const isolated = await startIsolatedChild(new URL('world-main.ts', import.meta.url));
  return {
    ...callsTo<FaultWorld>(isolated.child, ['killed', 'portTaken', 'strange']),
    [Symbol.asyncDispose]: () => isolated[Symbol.asyncDispose](),
  };
}
