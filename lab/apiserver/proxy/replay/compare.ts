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

export function compareCase({ title, response }: RecordedCase, observation: Observation): string[] {
  if (!title.includes('two endpoints')) return compareResponse(response, observation);
  const blur = <Value>(value: Value) =>
    JSON.parse(JSON.stringify(value).replace(endpoints, 'backend')) as Value;
  return compareResponse(blur(response), blur(observation));
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
  const hasOwnLength = isEcho(body) || isAboutTls(body);
  return [...names].flatMap((name) => {
    const want = valuesOf(headers, name);
    const got = valuesOf(actual, name);
    // The recorded backend dated nothing, the lab's does: a refused upgrade passes as it came.
    if (name === 'date' && want.length === 0) return [];
    const isCounted = unforeseeable.includes(name) || (name === 'content-length' && hasOwnLength);
    return isCounted
      ? differ(`how many ${name}`, want.length, got.length)
      : differ(name, want, got);
  });
}

function compareBody(expected: string, actual: string): string[] {
  if (isEcho(expected) && isEcho(actual)) return compareEcho(expected, actual);
  if (isAboutTls(expected)) return compareCause(expected, actual);
  // The recording lost the line breaks at the end.
  return differ('body', expected, actual.replace(/[\r\n]+$/, ''));
}

/** Where one side spoke TLS and the other did not: how the backend ends that is its library's affair. */
function isAboutTls(body: string): boolean {
  return /reach service: (?:read tcp .*connection reset by peer|EOF)"/.test(body);
}

function compareCause(expected: string, actual: string): string[] {
  const blur = (body: string) => body.replace(/(reach service: ).*(",\n)/, '$1…$2');
  return differ('body', blur(expected), blur(actual.trimEnd()));
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
