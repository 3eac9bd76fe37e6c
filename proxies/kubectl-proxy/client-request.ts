/** A request as its connection's state machine hands it to whoever answers. */
import type { Framing } from '../kit/http/framing.ts';
import { isBodyAllowed } from '../kit/http/framing.ts';
import { headerValue } from '../kit/http/head.ts';
import type { RequestHead } from '../kit/http/head.ts';
import { hasToken } from '../kit/http/hop-by-hop.ts';

export interface ClientRequest {
  readonly head: RequestHead;
  readonly framing: Framing;
  /** The client waits for `100 Continue` before it sends its body. */
  readonly expectsContinue: boolean;
  /** An `Expect` that nobody can meet: 417. */
  readonly hasUnknownExpectation: boolean;
  readonly wantsClose: boolean;
  /** An HTTP/1.0 client asked to keep the connection. */
  readonly wantsKeepAlive: boolean;
  /** When its first byte was seen, in `performance.now()` milliseconds. */
  readonly startedMs: number;
}

export function describeRequest(
  head: RequestHead,
  framing: Framing,
  startedMs: number,
): ClientRequest {
  const isHttp10 = head.minorVersion === 0;
  const expect = headerValue(head.headers, 'expect') ?? '';
  const expects100 = expect !== '' && hasToken(head.headers, 'expect', '100-continue');
  const hasConnection = headerValue(head.headers, 'connection') !== null;
  return {
    head,
    framing,
    expectsContinue: expects100 && !isHttp10 && framing.kind !== 'none',
    hasUnknownExpectation: expect !== '' && !expects100,
    wantsClose: hasConnection && hasToken(head.headers, 'connection', 'close'),
    wantsKeepAlive: isHttp10 && hasConnection && hasToken(head.headers, 'connection', 'keep-alive'),
    startedMs,
  };
}

/** The answer's line about the connection, and whether the connection ends with it. */
export interface Persistence {
  readonly line: string;
  readonly isLast: boolean;
}

const stays: Persistence = { line: '', isLast: false };
const staysByRequest: Persistence = { line: 'Connection: keep-alive\r\n', isLast: false };
const ends: Persistence = { line: 'Connection: close\r\n', isLast: true };
const endsSilently: Persistence = { line: '', isLast: true };

/**
 * As Go's server decides it. `hasKnownEnd`: the answer states its length or has no body.
 * `mustClose`: the proxy has a reason of its own.
 */
export function decidePersistence(
  request: ClientRequest,
  status: number,
  hasKnownEnd: boolean,
  mustClose: boolean,
): Persistence {
  if (request.head.minorVersion === 1) return request.wantsClose || mustClose ? ends : stays;
  const canStay = hasKnownEnd || request.head.method === 'HEAD' || !isBodyAllowed(status);
  return request.wantsKeepAlive && canStay && !mustClose ? staysByRequest : endsSilently;
}
