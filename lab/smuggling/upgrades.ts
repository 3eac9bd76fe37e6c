/** Requests to switch protocols with another request behind them, and targets that answer this or that. */

export interface UpgradeCase {
  readonly name: string;
  readonly headers?: readonly string[];
  /** Behind the head, and before the canary. */
  readonly body?: string;
  /** Of the target; none: it is never asked. */
  readonly answer?: string;
  readonly endless?: string;
  /** The status that the client gets. */
  readonly status: number;
  /** All that the target gets behind the head. */
  readonly reaches?: string;
}

const refusal = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno';
const switched = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n';

export const upgradeCases: readonly UpgradeCase[] = [
  { name: 'a target that refuses', answer: refusal, status: 403, reaches: '' },
  {
    name: 'a target that refuses, and an answer behind its answer',
    answer: refusal + refusal,
    status: 403,
    reaches: '',
  },
  {
    name: 'a target that goes on in HTTP',
    answer: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    status: 500,
    reaches: '',
  },
  {
    name: 'a target that answers with a length beside chunked',
    answer: 'HTTP/1.1 403 F\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    status: 0,
    reaches: '',
  },
  {
    name: 'a target that answers with a bare LF',
    answer: 'HTTP/1.1 403 F\r\nX: a\nSet-Cookie: canary=1\r\nContent-Length: 0\r\n\r\n',
    status: 500,
    reaches: '',
  },
  {
    name: 'a target that answers with a folded header',
    answer: 'HTTP/1.1 101 F\r\nX: a\r\n Set-Cookie: canary=1\r\n\r\n',
    status: 500,
    reaches: '',
  },
  {
    name: 'a target whose head has no end',
    answer: 'HTTP/1.1 101 S\r\n',
    endless: `X: ${'a'.repeat(65_000)}\r\n`,
    status: 500,
    reaches: '',
  },
  {
    name: 'a target that answers for ever before it answers',
    answer: '',
    endless: 'HTTP/1.1 100 C\r\n\r\n'.repeat(4000),
    status: 500,
    reaches: '',
  },
  {
    name: 'a body of a stated length',
    headers: ['Content-Length: 4'],
    body: 'body',
    answer: refusal,
    status: 403,
    reaches: 'body',
  },
  {
    name: 'a body in chunks',
    headers: ['Transfer-Encoding: chunked'],
    body: '4;x=y\r\nbody\r\n0\r\nX-Remote-User: admin\r\n\r\n',
    answer: refusal,
    status: 403,
    reaches: '4\r\nbody\r\n0\r\n\r\n',
  },
  {
    name: 'a chunk that is none',
    headers: ['Transfer-Encoding: chunked'],
    body: '4\nbody\n0\n\n',
    status: 400,
  },
  {
    name: 'a length beside chunked',
    headers: ['Transfer-Encoding: chunked', 'Content-Length: 4'],
    body: '0\r\n\r\n',
    status: 400,
  },
  { name: 'two hosts', headers: ['Host: b'], status: 400 },
  { name: 'a coding that is none', headers: ['Transfer-Encoding: cow'], status: 400 },
  {
    name: 'a target that switches',
    answer: switched,
    status: 101,
    // From then on bytes are bytes.
    reaches: 'GET /canary HTTP/1.1\r\nHost: x\r\n\r\n',
  },
];
