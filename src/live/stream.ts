/** Talks to `/live/`: a request, and its answer line by line. */
import type { LiveLine } from '../server/live/lines.ts';
import type { LiveRequest } from './follow.ts';
import { words } from './words.ts';

/** What the server says of itself is for people: shown as it is. */
export class LiveProblem extends Error {
  override readonly name = 'LiveProblem';
}

/** Nobody is behind this page: it is served by a static host. */
export class NothingRuns extends Error {
  override readonly name = 'NothingRuns';
}

const lineType = 'application/x-ndjson';

/** @throws LiveProblem with the server's own words; NothingRuns; what `fetch` throws. */
export async function* live(request: LiveRequest): AsyncGenerator<LiveLine> {
  const { path, method, signal, body } = request;
  const response = await fetch(path, {
    method,
    signal,
    headers: {
      Accept: lineType,
      'Accept-Language': words.tag,
      ...(body && { 'Content-Type': body.type }),
    },
    ...(body && { body: body.content }),
  });
  const type = response.headers.get('Content-Type') ?? '';
  if (type.startsWith('application/json')) {
    const { message } = (await response.json()) as { readonly message: string };
    throw new LiveProblem(message);
  }
  if (!type.startsWith(lineType) || !response.body) throw new NothingRuns();
  let rest = '';
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    const lines = (rest + (value ?? '')).split('\n');
    rest = lines.pop() ?? '';
    // Our own server, same origin: its lines are typed there and not parsed again.
    for (const line of lines) yield JSON.parse(line) as LiveLine;
    if (done) return;
  }
}
