/** A signal that ends with an answer, or with its server. */
import type { HttpResponse } from './server-exchange.ts';

/** Aborts when the client goes away, when the answer is over, and when the server closes. */
export function signalOf(response: HttpResponse, closing: AbortSignal): AbortSignal {
  const gone = new AbortController();
  const end = () => gone.abort();
  response.once('close', () => {
    closing.removeEventListener('abort', end);
    end();
  });
  closing.addEventListener('abort', end);
  if (closing.aborted) end();
  return gone.signal;
}
