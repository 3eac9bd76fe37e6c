/** `--request-timeout`: a short request that takes too long is given up, with a body that does not come. */
import type { HttpResponse } from '../../proxies/kit/http/server-exchange.ts';
import { StatusError } from './status.ts';

export class RequestTimeout extends StatusError {
  constructor() {
    super(504, 'Timeout', 'Timeout: request did not complete within the allotted timeout', {});
  }
}

/** @throws RequestTimeout when it takes longer; what comes of it then is nobody's. */
export async function withinTime<Result>(work: Promise<Result>, ms: number): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new RequestTimeout()), ms);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Once the answer is written, waits no longer for the rest of the request. */
export function endUnread(response: HttpResponse): void {
  const { stream } = response;
  if (stream) stream.once('finish', () => stream.close());
  else response.setHeader('Connection', 'close');
}
