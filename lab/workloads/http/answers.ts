/** Answers that are data: status, headers, body. */
import type { Handler, Routes } from './exchange.ts';
import { send, type Answer } from './send.ts';

/** Answers the same to everybody, without reading what was sent. */
export function always(answer: Answer): Handler {
  return ({ response }) => send(response, answer);
}

/** What is of interest to whoever passes headers on. */
export const plainAnswers: Routes = {
  json: always({ status: 200, headers: { 'Content-Type': 'application/json' }, body: '{"a":1}' }),
  // Looks like HTML, and does not say so.
  noctype: always({ status: 200, body: '<html>sniff?</html>' }),
  empty: always({ status: 204 }),
  cors: always({
    status: 200,
    headers: {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Headers': 'x',
      'Access-Control-Allow-Methods': 'GET',
      'Access-Control-Allow-Credentials': 'true',
      'Content-Type': 'text/plain',
      'Cache-Control': 'max-age=60',
      Server: 'mybackend/1',
      Date: 'Mon, 01 Jan 2024 00:00:00 GMT',
      'Audit-Id': 'backend-audit',
      'X-Frame-Options': 'DENY',
    },
    body: 'cors\n',
  }),
  // Headers that concern one connection only, one of them named by `Connection`.
  hop: always({
    status: 200,
    headers: {
      Connection: 'X-Hop',
      'X-Hop': '1',
      'Keep-Alive': 'timeout=5',
      'Proxy-Authenticate': 'Basic',
      'Content-Type': 'text/plain',
    },
    body: 'hop\n',
  }),
};
