/** The first that a server does with a request: whether it can be read in one way only. */
import type { HttpRequest, HttpResponse } from '../kit/http/server-exchange.ts';
import { makeLast } from '../kit/http/last-request.ts';
import { readIncoming } from './incoming-request.ts';

/**
 * To be called before anything is waited for: what was pipelined behind an unclear request is not served.
 *
 * @throws StatusError 400
 */
export function demandClear(request: HttpRequest, response: HttpResponse): void {
  try {
    readIncoming(request);
  } catch (error) {
    makeLast(request, response);
    throw error;
  }
}
