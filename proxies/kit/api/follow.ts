/** A watch: one JSON object a line, until the server ends it. */
import type { ApiConnection, KubeObject, RequestOptions, WatchEvent } from './api-client.ts';
import { ApiError, type Status } from './errors.ts';
import {
  broken,
  headersOf,
  openStream,
  readStatus,
  targetOf,
  untilClosed,
  whenAnswered,
} from './exchange.ts';
import type { Link } from './link.ts';
import { constants } from 'node:http2';

/** Resolves when the server ends the watch. @throws ApiError, UnreachableError, or the signal's reason */
export async function follow<T extends KubeObject>(
  link: Link,
  connection: ApiConnection,
  path: string,
  { signal, query, resourceVersion }: RequestOptions & { readonly resourceVersion: string },
  onEvent: (event: WatchEvent<T>) => void,
): Promise<void> {
  const target = targetOf(path, { ...query, watch: 1, resourceVersion });
  const stream = await openStream(link, headersOf(connection, 'GET', target), true, signal);
  const status = whenAnswered(stream);
  let failure: Error | undefined;
  const lines = splitLines((line) => onEvent(readEvent<T>(line)));
  const refusal: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => {
    if (failure || signal?.aborted) return;
    if (status() !== 200) {
      refusal.push(chunk);
      return;
    }
    try {
      lines(chunk);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      stream.close(constants.NGHTTP2_CANCEL);
    }
  });
  const isWhole = await untilClosed(stream);
  signal?.throwIfAborted();
  throwIf(failure);
  if (!isWhole) throw broken(stream, connection.server);
  if (status() === 200) return;
  throw new ApiError(status(), readStatus(Buffer.concat(refusal).toString(), status()));
}

function throwIf(failure: Error | undefined): void {
  if (failure) throw failure;
}

/** Cuts chunks into lines; what is not yet a whole line waits for the next chunk. */
export function splitLines(onLine: (line: string) => void): (chunk: Buffer) => void {
  let waiting: Buffer[] = [];
  return (chunk) => {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const last = chunk.subarray(from, end);
      from = end + 1;
      const line = waiting.length === 0 ? last : Buffer.concat([...waiting, last]);
      waiting = [];
      if (line.length > 0) onLine(line.toString());
    }
    if (from < chunk.length) waiting.push(chunk.subarray(from));
  };
}

/** @throws ApiError for an event that is an error: 410 when the revision has been compacted. */
export function readEvent<T extends KubeObject>(line: string): WatchEvent<T> {
  // The border: what the server sends is what its API says.
  const event = JSON.parse(line) as WatchEvent<T> | { readonly type: 'ERROR'; object: Status };
  if (event.type === 'ERROR') throw new ApiError(event.object.code ?? 500, event.object);
  return event;
}
