/** Reads HTTP responses out of raw bytes (one character each), keeping how they were framed. */
import type { RecordedResponse } from './recorded-case.ts';

export interface ParsedResponses {
  /** All of them, 1xx included, the last perhaps incomplete. */
  readonly responses: readonly RecordedResponse[];
  /** Bytes that are no HTTP response. */
  readonly leftover: string;
}

/**
 * @param methods Of the requests in order: the answer to HEAD has no body.
 * @param isClosed Whether the peer has closed: that ends a body without a length.
 */
export function parseResponses(
  bytes: string,
  methods: readonly string[],
  isClosed: boolean,
): ParsedResponses {
  const responses: RecordedResponse[] = [];
  let rest = bytes;
  let finalCount = 0;
  while (rest !== '') {
    const parsed = parseOne(rest, methods[finalCount] ?? 'GET', isClosed);
    if (!parsed) return { responses, leftover: rest };
    responses.push(parsed.response);
    rest = parsed.rest;
    if (parsed.response.status >= 200) finalCount++;
    if (parsed.response.status === 101 || !parsed.response.complete) break;
  }
  return { responses, leftover: '' };
}

interface Parsed {
  readonly response: RecordedResponse;
  readonly rest: string;
}

function parseOne(bytes: string, method: string, isClosed: boolean): Parsed | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1 || !bytes.startsWith('HTTP/')) return null;
  const [status_line = '', ...lines] = bytes.slice(0, end).split('\r\n');
  const status = Number(status_line.split(' ')[1]);
  const headers = lines.map(parseHeader);
  const after = bytes.slice(end + 4);
  const base = { status, status_line, headers, closed: isClosed };

  if (status === 101)
    return {
      response: { ...base, framing: 'none', body: '', complete: true, tunnel: after },
      rest: '',
    };
  if (status < 200 || status === 204 || status === 304 || method === 'HEAD')
    return { response: { ...base, framing: 'none', body: '', complete: true }, rest: after };
  if (/chunked/i.test(valueOf(headers, 'transfer-encoding') ?? '')) {
    const { body, trailers, isComplete, rest } = readChunks(after);
    const response = { ...base, framing: 'chunked' as const, body, complete: isComplete };
    return { response: trailers.length > 0 ? { ...response, trailers } : response, rest };
  }
  const length = valueOf(headers, 'content-length');
  if (length !== undefined) {
    const body = after.slice(0, Number(length));
    const complete = body.length === Number(length);
    return {
      response: { ...base, framing: 'content-length', body, complete },
      rest: after.slice(body.length),
    };
  }
  return { response: { ...base, framing: 'close', body: after, complete: isClosed }, rest: '' };
}

/** The first value of the header, by its name in lower case. */
export function valueOf(headers: RecordedResponse['headers'], name: string): string | undefined {
  return headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1];
}

export function parseHeader(line: string): [string, string] {
  const colon = line.indexOf(':');
  return colon === -1 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).trim()];
}

/** Joins the chunks at the start of the bytes. */
export function readChunks(bytes: string) {
  let body = '';
  let position = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', position);
    const size = Number.parseInt(bytes.slice(position, lineEnd), 16);
    if (lineEnd === -1 || Number.isNaN(size)) break;
    const start = lineEnd + 2;
    if (size === 0) {
      const end = bytes.startsWith('\r\n', start) ? start : bytes.indexOf('\r\n\r\n', start) + 2;
      if (end === 1) break;
      const trailers = bytes.slice(start, end).split('\r\n').filter(Boolean).map(parseHeader);
      return { body, trailers, isComplete: true, rest: bytes.slice(end + 2) };
    }
    body += bytes.slice(start, start + size);
    position = start + size + 2;
    if (position > bytes.length) break;
  }
  return { body, trailers: [], isComplete: false, rest: '' };
}
