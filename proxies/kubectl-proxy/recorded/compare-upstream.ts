/** Compares what the upstreams and the CONNECT proxy saw with what they saw at the recording. */
import { compareHeaders } from './compare-headers.ts';
import { differ, tellUnless, type Fill } from './difference.ts';
import type { SeenRequest } from './oracle-upstream.ts';
import type { RecordedCase, RecordedUpstreamRequest } from './recorded-case.ts';
import { parseHeader, readChunks, valueOf } from './responses.ts';
import type { SeenByUpstreams } from './stage.ts';

export function compareUpstream(
  recorded: RecordedCase,
  seen: SeenByUpstreams,
  fill: Fill,
): string[] {
  const expected = recorded.upstream_requests;
  const connections =
    recorded.upstream_connections ?? new Set(expected.map(({ conn }) => conn)).size;
  return [
    ...differ('upstream connections', connections, seen.connectionCount),
    ...differ('upstream requests', expected.length, seen.requests.length),
    ...expected.flatMap((request, index) => {
      const actual = seen.requests[index];
      return actual ? compareRequest(request, actual, fill) : [];
    }),
    ...differ('upstream events', eventsOf(recorded.upstream_events), eventsOf(seen.events)),
    ...differ(
      'CONNECT',
      recorded.connect_proxy_saw.map((head) => connectLines(fill(head))),
      seen.connectProxy.map(connectLines),
    ),
  ];
}

function compareRequest(
  expected: RecordedUpstreamRequest,
  actual: SeenRequest,
  fill: Fill,
): string[] {
  const [want, got] = [splitRequest(fill(expected.raw)), splitRequest(actual.raw)];
  const fields = ['conn', 'tls', 'sni', 'client_cert'] as const;
  const isBodyAlike =
    expected.truncated === true
      ? got.body.startsWith(want.body) || want.body.startsWith(got.body)
      : want.body === got.body;
  return [
    ...fields.flatMap((name) => differ(`upstream request ${name}`, expected[name], actual[name])),
    ...differ('upstream request line', want.line, got.line),
    ...compareHeaders('upstream request header', want.headers, got.headers, fill),
    ...tellUnless(isBodyAlike, 'upstream request body', want.body, got.body),
  ];
}

/** The body without its chunks, whose borders are free. */
function splitRequest(raw: string) {
  const end = raw.indexOf('\r\n\r\n');
  const [line = '', ...lines] = raw.slice(0, end).split('\r\n');
  const headers = lines.map(parseHeader);
  const framed = raw.slice(end + 4);
  const isChunked = /chunked/i.test(valueOf(headers, 'transfer-encoding') ?? '');
  return { line, headers, body: isChunked ? readChunks(framed).body : framed };
}

/** In any order; the reason of a failed handshake is the TLS library's. */
function eventsOf(events: SeenByUpstreams['events']): string[] {
  return events
    .map(([kind, detail]) => (kind === 'tls-handshake-failed' ? kind : `${kind} ${detail}`))
    .sort();
}

function connectLines(head: string): string[] {
  return head.split('\r\n').filter((line) => /^(CONNECT|Host|Proxy-Authorization)\b/i.test(line));
}
