/** `GET /live/status`: what is running, and what the page may offer. */
import type { LiveBackend } from './backend.ts';
import { sendJson, type Exchange } from './exchange.ts';
import type { Visitors } from './visitors.ts';

/** The body of the answer; every address is one that a reader at this machine can use. */
export interface LiveStatus {
  readonly kind: LiveBackend['kind'];
  readonly version: string;
  /** ISO 8601. */
  readonly since: string;
  readonly proxies: readonly { readonly id: string; readonly address: string }[];
  /** Whether this reader may kill, pause and cut machines. */
  readonly isOperable: boolean;
  /** Where this visitor's writes go; null before the first. */
  readonly visitor: { readonly namespace: string } | null;
}

export async function sendStatus(
  backend: LiveBackend,
  visitors: Visitors | null,
  isOperable: boolean,
  { request, response }: Exchange,
): Promise<void> {
  const visit = await visitors?.known(request);
  const status: LiveStatus = {
    kind: backend.kind,
    version: backend.version,
    since: backend.since.toISOString(),
    proxies: Object.entries(backend.proxies).map(([id, { address }]) => ({ id, address })),
    isOperable: isOperable && backend.machines !== null,
    visitor: visit ? { namespace: visit.namespace } : null,
  };
  sendJson(response, 200, status);
}
