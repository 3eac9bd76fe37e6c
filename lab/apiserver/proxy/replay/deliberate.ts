/**
 * What comes out of the recorded cases in which we differ on purpose: those of `differences` in the
 * descriptor. Only what the difference is about; the rest of an answer is free.
 */
import { differ } from './differ.ts';
import type { Observation } from './play.ts';

interface Outcome {
  readonly status: number;
  readonly body?: RegExp;
  /** Values by names in small letters; null: it is not there. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly isClosed?: boolean;
}

const streamed = { 'content-length': null, 'transfer-encoding': 'chunked' } as const;
const closing = { isClosed: true, headers: { connection: 'close' } } as const;
const prefix = '/api/v1/namespaces/default/services/single/proxy';

export const deliberate: Readonly<Record<string, Outcome>> = {
  'errors-pod-with-named-port-pod-proxy-takes-only-numbers': {
    status: 400,
    body: /"reason": "BadRequest"/,
  },
  'backend-requests-connect-like-custom-method-foo': { status: 400, isClosed: true },
  'backend-requests-query-weird-encoding': { status: 400, isClosed: true },
  'html-rewrite-gzip-html-client-sends-no-accept-encoding-body-decoded-for-reading': {
    status: 200,
    headers: { ...streamed, 'content-encoding': null },
    body: new RegExp(`<a href="${prefix}/abs">`),
  },
  'html-rewrite-deflate-html': {
    status: 200,
    headers: { ...streamed, 'content-encoding': 'deflate' },
  },
  'upgrade-backend-ignores-the-upgrade-html': {
    status: 500,
    body: /"message":"invalid upgrade response: status code 200"/,
    ...closing,
  },
  'upgrade-backend-closes-without-answer': {
    status: 500,
    body: /"message":"unexpected EOF"/,
    ...closing,
  },
  'upgrade-connection-refused': {
    status: 500,
    body: /"message":"error dialing backend: dial tcp 10\.244\.77\.12:80: connect: connection refused"/,
    ...closing,
  },
  'upgrade-no-endpoints': {
    status: 503,
    body: /"message":"no endpoints available for service \\"emptyep\\""/,
    ...closing,
  },
  'upgrade-no-trailing-slash-upgrade': {
    status: 500,
    body: /"message":"invalid upgrade response: status code 200"/,
    ...closing,
  },
  'upgrade-token-in-websocket-subprotocol-only': {
    status: 401,
    body: /"message":"Unauthorized"/,
    ...closing,
  },
};

/** One line per part of the answer that is not the deliberate one. */
export function compareDeliberate(
  { status, body, headers = {}, isClosed }: Outcome,
  { response, isClosed: hasClosed }: Observation,
): string[] {
  return [
    ...differ('status', status, response?.status),
    ...(body === undefined || body.test(response?.body ?? '')
      ? []
      : differ('body', String(body), response?.body)),
    ...Object.entries(headers).flatMap(([name, value]) => {
      const found = response?.headers.find(([other]) => other.toLowerCase() === name);
      return differ(name, value, found?.[1] ?? null);
    }),
    ...(isClosed === undefined ? [] : differ('closed', isClosed, hasClosed)),
  ];
}
