/** A server of kube-proxy's own: bound as soon as its address is to be had, as upstream's are. */
import { endpointText } from '../../kit/http/endpoint-text.ts';
import { splitAddress } from '../../kit/http/split-address.ts';
import {
  startStatusServer,
  type AnswerPath,
  type ListenAddress,
} from '../../kit/http/status-server.ts';
import type { Clock } from '../../kit/clock.ts';

/** Upstream's. */
const againAfterMs = 5000;

export interface BoundServerOptions {
  /** `127.0.0.1:10249`, `[::1]:0`; `0.0.0.0` and `[::]` stand for every address, as in Go. */
  readonly address: string;
  readonly answer: AnswerPath;
  readonly clock: Clock;
  /** Told each time that it cannot be bound. @returns whether to try again */
  readonly onProblem: (error: Error) => boolean;
}

export interface BoundServer extends AsyncDisposable {
  /** As it was asked for, with the port that the system chose for 0; null while it is not bound. */
  readonly address: string | null;
  /** Resolves when the first try is over. */
  readonly tried: Promise<void>;
}

export function bindServer({ address, answer, clock, onProblem }: BoundServerOptions): BoundServer {
  const { host, port } = splitAddress(address);
  const server = new AsyncDisposableStack();
  let bound: string | null = null;
  let isClosed = false;
  let waiting: Disposable | undefined;
  const tryOnce = async () => {
    try {
      const isAny = ['', '0.0.0.0', '::'].includes(host);
      const listen: ListenAddress = { host: isAny ? null : host, port };
      const started = server.use(await startStatusServer(listen, answer));
      bound = endpointText(host, started.port);
    } catch (error) {
      const problem = error instanceof Error ? error : new Error(String(error));
      if (onProblem(problem) && !isClosed) waiting = clock.after(againAfterMs, begin);
    }
  };
  let trying: Promise<void>;
  const begin = () => {
    trying = tryOnce();
  };
  const tried = (trying = tryOnce());
  return {
    get address() {
      return bound;
    },
    tried,
    [Symbol.asyncDispose]: async () => {
      isClosed = true;
      waiting?.[Symbol.dispose]();
      await trying;
      waiting?.[Symbol.dispose]();
      await server.disposeAsync();
    },
  };
}
