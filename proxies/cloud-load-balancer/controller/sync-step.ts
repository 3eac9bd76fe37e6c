/** One step of a sync: what it was to do is part of its error, in upstream's words. */

export class SyncStepError extends Error {
  override readonly name = 'SyncStepError';
}

/** @throws SyncStepError whose cause is what was thrown: `failed to ensure load balancer: no address is left` */
export async function step<Result>(what: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw new SyncStepError(`failed to ${what}: ${messageOf(error)}`, { cause: error });
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
