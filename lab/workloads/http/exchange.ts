/** One request to a workload and its answer, and how a workload finds who answers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WorkloadContext } from '../workload.ts';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly context: WorkloadContext;
  /** What the server calls itself: the pod's name, or `--name`. */
  readonly serverName: string;
  /** The target up to its query, as it came. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Aborted when the connection has closed, or the answer has ended. */
  readonly gone: AbortSignal;
  /** Aborted when the workload is asked to stop: what has no end of its own ends then. */
  readonly stopping: AbortSignal;
}

/** @param parameter what follows the route's name and a hyphen: `404` of `/status-404`. */
export type Handler = (exchange: Exchange, parameter: string) => Promise<void> | void;

/** By the last segment of the path, or by its part before a hyphen. */
export type Routes = Readonly<Record<string, Handler>>;

/** An upgrade that was asked for; nothing has been answered yet. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What the client sent before it saw the answer. */
  readonly head: Buffer;
  readonly context: WorkloadContext;
  readonly serverName: string;
  readonly stopping: AbortSignal;
}

/** `/base/status-404/?x` is answered by `status`, with `404`. */
export function findRoute(
  routes: Routes,
  path: string,
): { readonly handle: Handler; readonly parameter: string } | undefined {
  const segment = lastSegment(path);
  const exact = ownRoute(routes, segment);
  if (exact) return { handle: exact, parameter: '' };
  const hyphen = segment.indexOf('-');
  const handle = hyphen < 0 ? undefined : ownRoute(routes, segment.slice(0, hyphen));
  return handle && { handle, parameter: segment.slice(hyphen + 1) };
}

export function lastSegment(path: string): string {
  return path.replace(/\/+$/, '').split('/').at(-1) ?? '';
}

function ownRoute(routes: Routes, name: string): Handler | undefined {
  return Object.hasOwn(routes, name) ? routes[name] : undefined;
}
