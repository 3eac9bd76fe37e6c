/** Subresources that are a part of the object itself, read and written as the whole object. */
import type { Call, Reply } from './handlers/call.ts';
import { get } from './handlers/read.ts';
import { patch, update } from './handlers/update.ts';
import type { Subresource, Verb } from './resource.ts';

type PartVerb = Extract<Verb, 'get' | 'patch' | 'update'>;

const handlers: Readonly<Record<string, (call: Call) => Promise<Reply>>> = { get, patch, update };

/** `finalize` and `ephemeralcontainers`; `handlers/parts.ts` says what each may change. */
export function partSubresource(
  name: string,
  kind: string,
  verbs: readonly PartVerb[],
): Subresource {
  return {
    name,
    kind,
    verbs,
    connect: async (call) => handlers[call.info.verb]?.(call) ?? null,
  };
}
