/** Compares what came back with what was recorded: one line per difference. */
import { gunzipSync, inflateRawSync } from 'node:zlib';
import type {
  RecordedCase,
  RecordedResponse,
  RecordedUpgrade,
} from '../../../../proxies/apiserver-proxy/recorded/recorded-case.ts';
import { compareEcho, isEcho } from './compare-echo.ts';
import { differ } from './differ.ts';
import type { Observation } from './play.ts';

type Headers = readonly (readonly [string, string])[];

/** There, but not the same twice. */
const unforeseeable = ['audit-id', 'date'];
const greeting = 'HELLO-FROM-BACKEND\n';

/** Of several endpoints any may answer. */
const endpoints = /backend-[ab]\b(?: 10\.244\.77\.1[01])?/g;

/**
 * Where one side spoke TLS and the other did not: the recorded backend ended that otherwise than ours does,
 * which is its library's affair. The cause is told in the words for what happens here.
 */
const causes: Readonly<Record<string, readonly [recorded: RegExp, ours: string]>> = {
  'errors-plain-http-sent-to-a-tls-port-service-web-tls': [
    /read tcp \S+: read: connection reset by peer/,
    'EOF',
  ],
  'errors-https-scheme-sent-to-a-plain-http-port': [
    /EOF/,
    'tls: first record does not look like a TLS handshake',
  ],
};

export function compareCase(recorded: RecordedCase, observation: Observation): string[] {
  const { title } = recorded;
  const response = withCause(recorded);
  if (!title.includes('two endpoints')) return compareResponse(response, observation);
  const blur = <Value>(value: Value) =>
    JSON.parse(JSON.stringify(value).replace(endpoints, 'backend')) as Value;
  return compareResponse(blur(response), blur(observation));
}

function withCause({ id, response }: RecordedCase): RecordedResponse | undefined {
  const [recorded, ours] = causes[id] ?? [];
  if (!response || !recorded || ours === undefined) return response;
  const body = response.body.replace(recorded, ours);
  const grown = body.length - response.body.length;
  const headers = response.headers.map(([name, value]): [string, string] => [
    name,
    /^content-length$/i.test(name) ? String(Number(value) + grown) : value,
  ]);
  return { ...response, headers, body };
}

export function compareUpgrade(recorded: RecordedUpgrade, observation: Observation): string[] {
  const { status, headers, body } = recorded.received;
  const isSwitched = status === 101;
  const tunnel = isSwitched ? `${greeting}${recorded.tunnel?.received ?? ''}` : '';
  return [
    ...compareResponse({ status, headers, body: isSwitched ? '' : body }, observation),
    ...differ('tunnel', tunnel, observation.tunnel),
    ...differ('closed', recorded.closed, observation.isClosed),
  ];
}

function compareResponse(
  expected: RecordedResponse | undefined,
  { response }: Observation,
): string[] {
  if (!expected || !response)
    return differ('status', expected?.status ?? 'dropped', response?.status ?? 'dropped');
  return [
    ...differ('status', expected.status, response.status),
    ...differ('complete', true, response.isComplete),
    ...compareHeaders(expected, response.headers),
    ...compareBody(expected.body, textOf(response)),
  ];
}

function compareHeaders({ headers, body }: RecordedResponse, actual: Headers): string[] {
  const names = new Set([...headers, ...actual].map(([name]) => name.toLowerCase()));
  // HTTP/1.1 connections stay open whether one says so or not.
  names.delete('keep-alive');
  if (valuesOf(actual, 'connection').join() === 'keep-alive') names.delete('connection');
  return [...names].flatMap((name) => {
    const want = valuesOf(headers, name);
    const got = valuesOf(actual, name);
    // The recorded backend dated nothing, the lab's does: a refused upgrade passes as it came.
    if (name === 'date' && want.length === 0) return [];
    const isCounted = unforeseeable.includes(name) || (name === 'content-length' && isEcho(body));
    return isCounted
      ? differ(`how many ${name}`, want.length, got.length)
      : differ(name, want, got);
  });
}

function compareBody(expected: string, actual: string): string[] {
  if (isEcho(expected) && isEcho(actual)) return compareEcho(expected, actual);
  // The recording lost the line breaks at the end.
  return differ('body', expected, actual.replace(/[\r\n]+$/, ''));
}

/** As it was recorded: decoded. */
function textOf({ headers, body }: NonNullable<Observation['response']>): string {
  const bytes = Buffer.from(body, 'latin1');
  if (bytes.length === 0) return '';
  const [encoding] = valuesOf(headers, 'content-encoding');
  if (encoding === 'gzip') return gunzipSync(bytes).toString();
  if (encoding === 'deflate') return inflateRawSync(bytes).toString();
  return bytes.toString();
}

function valuesOf(headers: Headers, wanted: string): string[] {
  return headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
}
