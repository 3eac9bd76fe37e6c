/**
 * Compares what came of a replay with the recording. What counts and what does not is in the README:
 * the order and case of headers, chunk boundaries, ports, dates and the wording of errors do not.
 */
import { createHash } from 'node:crypto';
import type { RecordedCase, RecordedResponse, RecordedUpstreamRequest } from './recorded-case.ts';
import type { Observation } from './replay.ts';
import { parseHeader, readChunks, valueOf } from './responses.ts';
import type { SeenRequest } from './oracle-upstream.ts';

/** Fills placeholders; those that stand for something unforeseeable stay. */
type Fill = (text: string) => string;

/** One line per difference; empty where the outcome is the recorded one. */
export function compare(recorded: RecordedCase, observed: Observation, fill: Fill): string[] {
  const equal = (what: string, expected: unknown, actual: unknown) =>
    JSON.stringify(expected) === JSON.stringify(actual)
      ? []
      : [`${what}: expected ${show(expected)}, got ${show(actual)}`];
  const expectedResponses = recorded.responses ?? (recorded.response ? [recorded.response] : []);
  const actualResponses = recorded.responses
    ? observed.responses
    : observed.response
      ? [observed.response]
      : [];
  const requests = recorded.upstream_requests.map((request) => ({
    ...request,
    raw: fill(request.raw),
  }));

  return [
    ...equal('number of responses', expectedResponses.length, actualResponses.length),
    ...expectedResponses.flatMap((expected, index) => {
      const actual = actualResponses[index];
      return actual ? compareResponse(expected, actual, requests, observed, fill) : [];
    }),
    ...equal('closed', recorded.closed, observed.closed),
    ...equal('reset', recorded.reset, observed.reset),
    ...equal('leftover', recorded.leftover, observed.leftover),
    ...compareArrivals(recorded, observed),
    ...compareUpstream(recorded, requests, observed, fill),
    ...equal('exec plugin runs', recorded.exec_plugin_info ?? [], observed.execPluginInfo),
    ...(matches(fill(recorded.stdout), observed.stdout)
      ? []
      : equal('stdout', fill(recorded.stdout), observed.stdout)),
    ...equal('kinds of stderr lines', kindsOfLines(recorded.stderr), kindsOfLines(observed.stderr)),
    ...equal('exit', recorded.exit ?? null, observed.exit),
    ...equal('exit after the signal', recorded.exit_after_signal ?? null, observed.exitAfterSignal),
    ...Object.entries(recorded.observed).flatMap(([name, value]) =>
      equal(name, value, observed.socket[name]),
    ),
  ];
}

function compareResponse(
  expected: RecordedResponse,
  actual: RecordedResponse,
  requests: readonly RecordedUpstreamRequest[],
  observed: Observation,
  fill: Fill,
): string[] {
  const body = fill(expected.body);
  const isEcho = requests.some(
    ({ raw }) => raw === body || (expected.body_truncated === true && raw.startsWith(body)),
  );
  const isEchoLength = requests.some(
    ({ raw }) => String(raw.length) === valueOf(expected.headers, 'content-length'),
  );
  const isLoose =
    isEcho || isErrorText(expected) || body.includes('${') || (actual.body === '' && isEchoLength);
  const found: string[] = [];
  const check = (what: string, isRight: boolean, want: unknown, got: unknown) => {
    if (!isRight) found.push(`${what}: expected ${show(want)}, got ${show(got)}`);
  };

  check(
    'status line',
    expected.status_line === actual.status_line,
    expected.status_line,
    actual.status_line,
  );
  check('framing', expected.framing === actual.framing, expected.framing, actual.framing);
  check('complete', expected.complete === actual.complete, expected.complete, actual.complete);
  found.push(
    ...compareHeaders(
      'response header',
      expected.headers,
      actual.headers,
      fill,
      isLoose ? ['content-length'] : [],
    ),
  );
  found.push(
    ...compareHeaders('trailer', expected.trailers ?? [], actual.trailers ?? [], fill, []),
  );
  check(
    'tunnel',
    fill(expected.tunnel ?? '') === (actual.tunnel ?? ''),
    expected.tunnel,
    actual.tunnel,
  );

  if (isEcho)
    check(
      'body',
      observed.upstream.requests.some(({ raw }) => raw === actual.body),
      'the echo of the request',
      actual.body,
    );
  else if (isErrorText(expected)) check('body', /^[^\n]+\n$/.test(actual.body), body, actual.body);
  else if (expected.body_sha256 !== undefined)
    check(
      'body',
      sha256(actual.body) === expected.body_sha256,
      `${expected.body_length ?? 0} bytes`,
      actual.body,
    );
  else if (!expected.complete)
    // A stream was cut somewhere: what there is must begin alike.
    check('body', body.startsWith(actual.body) || actual.body.startsWith(body), body, actual.body);
  else check('body', matches(body, actual.body), body, actual.body);
  return found;
}

/** Go's own errors: a cause in its words, which are not ours. */
function isErrorText({ status, headers }: RecordedResponse): boolean {
  return status === 500 && valueOf(headers, 'x-content-type-options') === 'nosniff';
}

/** Headers we add to the recorded ones, and may. */
const ownHeaders = ['x-hop-refused-by'];

function compareHeaders(
  what: string,
  expected: RecordedResponse['headers'],
  actual: RecordedResponse['headers'],
  fill: Fill,
  ignored: readonly string[],
): string[] {
  const names = new Set([...expected, ...actual].map(([name]) => name.toLowerCase()));
  const values = (headers: RecordedResponse['headers'], wanted: string) =>
    headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
  return [...names].flatMap((name) => {
    if (ignored.includes(name) || ownHeaders.includes(name)) return [];
    const want = values(expected, name).map(fill);
    const got = values(actual, name);
    const isAlike =
      want.length === got.length && want.every((value, i) => matches(value, got[i] ?? ''));
    return isAlike ? [] : [`${what} ${name}: expected ${show(want)}, got ${show(got)}`];
  });
}

function compareUpstream(
  recorded: RecordedCase,
  requests: readonly RecordedUpstreamRequest[],
  { upstream }: Observation,
  fill: Fill,
): string[] {
  const found: string[] = [];
  const check = (what: string, want: unknown, got: unknown) => {
    if (JSON.stringify(want) !== JSON.stringify(got))
      found.push(`${what}: expected ${show(want)}, got ${show(got)}`);
  };
  const connections =
    recorded.upstream_connections ?? new Set(requests.map(({ conn }) => conn)).size;
  check('upstream connections', connections, upstream.connectionCount);
  check('upstream requests', requests.length, upstream.requests.length);
  requests.forEach((expected, index) => {
    const actual = upstream.requests[index];
    if (!actual) return;
    for (const field of ['conn', 'tls', 'sni', 'client_cert'] as const)
      check(`upstream request ${field}`, expected[field], actual[field]);
    found.push(...compareRequest(expected, actual, fill));
  });
  // The reason of a failed handshake is the TLS library's.
  const sorted = (events: readonly (readonly [string, string])[]) =>
    events
      .map(([kind, detail]) => (kind === 'tls-handshake-failed' ? kind : `${kind} ${detail}`))
      .sort();
  check('upstream events', sorted(recorded.upstream_events), sorted(upstream.events));
  const connectLines = (heads: readonly string[]) =>
    heads.map((head) =>
      fill(head)
        .split('\r\n')
        .filter((line) => /^(CONNECT|Host|Proxy-Authorization)/i.test(line)),
    );
  check('CONNECT', connectLines(recorded.connect_proxy_saw), connectLines(upstream.connectProxy));
  return found;
}

function compareRequest(
  expected: RecordedUpstreamRequest,
  actual: SeenRequest,
  fill: Fill,
): string[] {
  const [want, got] = [splitRequest(expected.raw), splitRequest(actual.raw)];
  const found = compareHeaders('upstream request header', want.headers, got.headers, fill, []);
  if (want.line !== got.line)
    found.push(`upstream request line: expected ${show(want.line)}, got ${show(got.line)}`);
  const isAlike = expected.truncated
    ? got.body.startsWith(want.body) || want.body.startsWith(got.body)
    : want.body === got.body;
  if (!isAlike)
    found.push(`upstream request body: expected ${show(want.body)}, got ${show(got.body)}`);
  return found;
}

function splitRequest(raw: string) {
  const end = raw.indexOf('\r\n\r\n');
  const [line = '', ...lines] = raw.slice(0, end).split('\r\n');
  const headers = lines.map(parseHeader);
  const framed = raw.slice(end + 4);
  const isChunked = /chunked/i.test(valueOf(headers, 'transfer-encoding') ?? '');
  return { line, headers, body: isChunked ? readChunks(framed).body : framed };
}

/** Whether a stream came piece by piece, as it was sent, and ended when it did. */
function compareArrivals(
  { arrivals_ms: recorded }: RecordedCase,
  { arrivals }: Observation,
): string[] {
  const expectedMs = spreadMs(recorded ?? []);
  if (expectedMs < 150) return [];
  const actualMs = spreadMs(arrivals);
  const isAlike = actualMs > expectedMs / 2 && actualMs < expectedMs + 2000;
  return isAlike ? [] : [`arrivals: expected ${show(recorded)}, got ${show(arrivals)}`];
}

function spreadMs(arrivals: readonly (readonly [number, number])[]): number {
  return (arrivals.at(-1)?.[0] ?? 0) - (arrivals[0]?.[0] ?? 0);
}

/** `E` for a klog error and so on, `error:` for what the command line says, `other`. Never a stack. */
function kindsOfLines(stderr: string): string[] {
  if (/^panic: /m.test(stderr)) return ['panic'];
  const kinds = stderr
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      if (/^ {4}at /.test(line)) return 'stack';
      if (/^[EWF](\d{4}|\$\{KLOG_TIME\}) /.test(line)) return line.charAt(0);
      return (
        /^(error|Unable to connect to the server|Error in configuration):/.exec(line)?.[1] ??
        'other'
      );
    });
  return [...new Set(kinds)].filter((kind) => kind !== 'other').sort();
}

/** Equal but for what the remaining placeholders stand for. */
function matches(expected: string, actual: string): boolean {
  if (expected === actual) return true;
  if (!expected.includes('${')) return false;
  const pattern = expected
    .split(/\$\{[A-Z0-9_]+\}/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${pattern}$`, 's').test(actual);
}

function sha256(bytes: string): string {
  return createHash('sha256').update(bytes, 'latin1').digest('hex');
}

function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length})` : text;
}
