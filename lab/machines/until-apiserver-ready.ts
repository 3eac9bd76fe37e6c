/** At the start of the lab, clients of the apiservers may be there before them. */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { ApiConnection } from '../../proxies/kit/api/api-client.ts';
import { createLink, type Link } from '../../proxies/kit/api/link.ts';

const retryMs = 50;
/** Whoever was about to answer may have been killed or paused: somebody else is asked. */
const answerMs = 2000;

/**
 * Resolves when one that is ready answers there. Who begins sooner is refused, and waits longer and longer
 * before it asks again. Handshakes are dear to those who are about to start: it keeps its connection.
 *
 * @throws the signal's reason
 */
export async function untilApiserverReady(
  connection: ApiConnection,
  signal?: AbortSignal,
): Promise<void> {
  await using link = createLink(connection);
  while (!(await isReady(link))) await pause(retryMs, undefined, signal && { signal });
}

async function isReady(link: Link): Promise<boolean> {
  try {
    const stream = await link.open({ ':method': 'GET', ':path': '/readyz' }, true);
    // Its connection may be reset behind the answer, too.
    stream.on('error', () => undefined);
    const over = new AbortController();
    // A stream may also close without a word.
    stream.once('close', () => over.abort());
    const signal = AbortSignal.any([over.signal, AbortSignal.timeout(answerMs)]);
    const [headers] = (await once(stream.resume(), 'response', { signal })) as [
      { ':status'?: number },
    ];
    return headers[':status'] === 200;
  } catch {
    return false;
  }
}
