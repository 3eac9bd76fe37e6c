/** A signal that ends with an answer, or with its server. */
import type { HttpResponse } from './server-exchange.ts';

/** The same for all: an error for each request, with where it came from, would cost more than it says. */
const over = new DOMException('This operation was aborted', 'AbortError');

/** Aborts when the client goes away, when the answer is over, and when the server closes. */
export function signalOf(response: HttpResponse, closing: AbortSignal): AbortSignal {
  const gone = new AbortController();
  const end = () => gone.abort(over);
  response.once('close', () => {
    closing.removeEventListener('abort', end);
    end();
  });
  closing.addEventListener('abort', end);
  if (closing.aborted) end();
  return gone.signal;
}
