/**
 * The one HTTP/2 connection of an API client: dialled when it is needed, asked from time to time
 * whether it still lives, and replaced when it does not. Watches cost a stream each, not a connection.
 */
import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { ApiConnection } from './api-client.ts';
import { UnreachableError } from './errors.ts';

export interface Link extends AsyncDisposable {
  /** A new stream with these headers. @throws UnreachableError when nobody answers. */
  open(headers: OutgoingHttpHeaders, endStream: boolean): Promise<ClientHttp2Stream>;
}

const dialTimeoutMs = 5000;
/** A server that leaves a PING unanswered until the next one is due is gone or paused. */
const pingEveryMs = 3000;
/** Wide enough for a page of a list without waiting for the window. */
const streamWindowBytes = 1024 * 1024;
const sessionWindowBytes = 8 * 1024 * 1024;

export function createLink(connection: ApiConnection): Link {
  let current: Promise<ClientHttp2Session> | undefined;
  const sessions = new Set<ClientHttp2Session>();
  let isDisposed = false;

  const dialOnce = (): Promise<ClientHttp2Session> => {
    const session = connect(connection.server, {
      ca: connection.caPem,
      ...(connection.certPem && { cert: connection.certPem }),
      ...(connection.keyPem && { key: connection.keyPem }),
      ...(connection.localAddress && { localAddress: connection.localAddress }),
      settings: { enablePush: false, initialWindowSize: streamWindowBytes },
    });
    sessions.add(session);
    const dialled = untilConnected(session, connection.server);
    const forget = () => {
      if (current === dialled) current = undefined;
    };
    session.once('goaway', forget);
    session.once('close', () => {
      sessions.delete(session);
      forget();
    });
    dialled.then(keepAsking, forget);
    return dialled;
  };

  return {
    open: async (headers, endStream) => {
      if (isDisposed) throw new UnreachableError('the client has been closed', false);
      const dialled = (current ??= dialOnce());
      const session = await dialled;
      if (session.destroyed) {
        // Its `close` may be late, or never come.
        if (current === dialled) current = undefined;
        throw new UnreachableError(`${connection.server}: the connection was closed`, false);
      }
      try {
        return session.request(headers, { endStream });
      } catch (cause) {
        // It broke between our wish and our request.
        throw new UnreachableError(`${connection.server}: ${messageOf(cause)}`, false, cause);
      }
    },
    [Symbol.asyncDispose]: async () => {
      isDisposed = true;
      for (const session of sessions) session.destroy();
      await Promise.resolve();
    },
  };
}

async function untilConnected(
  session: ClientHttp2Session,
  server: string,
): Promise<ClientHttp2Session> {
  const { promise, resolve, reject } = Promise.withResolvers<ClientHttp2Session>();
  const fail = (cause: unknown) => {
    reject(new UnreachableError(`${server}: ${messageOf(cause)}`, false, cause));
  };
  const timer = setTimeout(() => {
    session.destroy(new Error(`no answer within ${dialTimeoutMs / 1000} s`));
  }, dialTimeoutMs);
  session.on('error', fail);
  session.once('close', () => fail(new Error('the connection was closed')));
  session.once('connect', () => {
    // It may have been lost since, before we hear that it was there: `close` follows.
    if (session.destroyed) return;
    session.setLocalWindowSize(sessionWindowBytes);
    resolve(session);
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

function keepAsking(session: ClientHttp2Session): void {
  let isAnswered = true;
  const timer = setInterval(() => {
    // Its `close` may be late, or have come before we listened.
    if (session.destroyed) {
      clearInterval(timer);
      return;
    }
    if (!isAnswered) {
      session.destroy(new Error(`no answer to a ping within ${pingEveryMs / 1000} s`));
      return;
    }
    isAnswered = false;
    session.ping((error) => {
      isAnswered = error === null;
    });
  }, pingEveryMs);
  timer.unref();
  session.once('close', () => clearInterval(timer));
}

/** Whether the server says that it has not looked at this stream. */
export function isRefusedUnseen(stream: ClientHttp2Stream): boolean {
  return stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
