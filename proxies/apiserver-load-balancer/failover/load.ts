/** New TLS connections at a steady rate, each with one request, whether those before are answered or not. */
import { connect, createSecureContext } from 'node:tls';
import { serverName } from '../conformance/world/places.ts';

export interface LoadTarget {
  readonly host: string;
  readonly port: number;
  readonly authorityPem: string;
  readonly perSecond: number;
  readonly timeoutMs: number;
}

/** Times are those of the system's clock, in milliseconds. */
export interface LoadedRequest {
  readonly startedAt: number;
  readonly tookMs: number;
  /** The error's code; null: answered. */
  readonly failed: string | null;
}

export interface Load {
  start(target: LoadTarget): Promise<void>;
  /** No new ones; resolves when the last has ended. */
  stop(): Promise<readonly LoadedRequest[]>;
}

const request = `GET /whoami HTTP/1.1\r\nHost: ${serverName}\r\nConnection: close\r\n\r\n`;
const answered = 'HTTP/1.1 200';

export function createLoad(): Load {
  let stop: () => Promise<readonly LoadedRequest[]> = async () => [];
  return {
    start: async (target) => {
      stop = run(target);
    },
    stop: () => stop(),
  };
}

/** @returns what stops it */
function run(target: LoadTarget): () => Promise<readonly LoadedRequest[]> {
  const requests: LoadedRequest[] = [];
  const open = new Set<Promise<void>>();
  const { host, port, authorityPem, timeoutMs } = target;
  const secureContext = createSecureContext({ ca: authorityPem });
  const one = async () => {
    const startedAt = now();
    const failed = await ask();
    requests.push({ startedAt, tookMs: now() - startedAt, failed });
  };
  const ask = () =>
    new Promise<string | null>((resolve) => {
      const socket = connect({ host, port, secureContext, servername: serverName });
      const late = setTimeout(() => finish('ETIMEDOUT'), timeoutMs);
      const finish = (failed: string | null) => {
        clearTimeout(late);
        resolve(failed);
        socket.destroy();
      };
      let text = '';
      socket.on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
      socket.on('close', () => finish('closed'));
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        if (text.includes('}')) finish(text.startsWith(answered) ? null : 'not answered');
      });
      socket.write(request);
    });

  const began = now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((now() - began) * target.perSecond) / 1_000);
    for (; sent < due; sent++) {
      const asking = one();
      open.add(asking);
      void asking.then(() => open.delete(asking));
    }
  }, 1);
  return async () => {
    clearInterval(timer);
    await Promise.all(open);
    return requests;
  };
}

/** The same in all processes of a machine. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
