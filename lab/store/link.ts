/** The connection to the store: made again whenever it is lost, with requests that wait their time. */
import { connect, type Socket } from 'node:net';
import { parseAddress } from './address.ts';
import { createLineReader } from './line-reader.ts';
import { parseRecord, type StoreRecord } from './record.ts';
import { StoreTimeoutError } from './store.ts';

export interface LinkOptions {
  readonly address: string;
  readonly timeoutMs: number;
  /** The request that every connection begins with. Its answer makes the link live. */
  greeting(): string;
  /** Every record that is no answer, and the answer to the greeting. */
  onRecord(record: StoreRecord): void;
  log?(line: string): void;
}

export interface LinkRequest<Result> {
  readonly text: string;
  /** Sent again over a new connection when the old one is lost. Never for a write. */
  readonly isRepeatable: boolean;
  /** Called when the answer is read, before anything that follows it. */
  onAnswer(answer: StoreRecord): Result;
}

export interface Link extends Disposable {
  /** Whether the store answers; known within about 3 s, also of one that is paused or cut off. */
  isReady(): boolean;
  /** @throws StoreTimeoutError where no answer comes in time. */
  request<Result>(request: LinkRequest<Result>): Promise<Result>;
}

interface Waiting {
  readonly text: string;
  readonly isRepeatable: boolean;
  answer(record: StoreRecord): void;
  fail(error: Error): void;
  sentAt: number;
}

/** etcd's `ErrTimeout` and `ErrTimeoutDueToConnectionLost`. */
const timedOut = 'etcdserver: request timed out';
const connectionLost = 'etcdserver: request timed out, possibly due to connection lost';

/** The first pause before connecting again, and the longest. */
const pauseMs = { first: 20, longest: 500 };
/** How often a quiet connection is tried. */
const tryEveryMs = 1000;
/** After so long without an answer the store is not ready; and after so long the connection is lost. */
const longestSilenceMs = { ready: 2000, connected: 4000 };

export function createLink({ address, ...options }: LinkOptions): Link {
  const target = parseAddress(address);
  /** Not sent yet: there is no live connection. */
  const unsent = new Set<Waiting>();
  /** Sent and not answered, by number. */
  const sent = new Map<number, Waiting>();
  let socket: Socket | undefined;
  let isLive = false;
  let isClosed = false;
  let attempts = 0;
  let lastDataAt = 0;
  let lastNumber = 0;
  let reconnect: NodeJS.Timeout | undefined;

  const send = (request: Waiting) => {
    lastNumber += 1;
    request.sentAt = performance.now();
    sent.set(lastNumber, request);
    socket?.write(`${lastNumber} ${request.text}\n`);
  };

  const onLine = (line: string) => {
    const space = line.indexOf(' ');
    const number = Number(line.slice(0, space));
    const record = parseRecord(line, space + 1);
    if (!record || Number.isNaN(number)) throw new Error(`the store said "${line.slice(0, 80)}"`);
    if (number === 0) {
      options.onRecord(record);
      return;
    }
    const request = sent.get(number);
    sent.delete(number);
    request?.answer(record);
  };

  const onLive = (record: StoreRecord) => {
    options.onRecord(record);
    if (attempts > 0) options.log?.(`the store at ${address} is back`);
    isLive = true;
    attempts = 0;
    for (const request of unsent) send(request);
    unsent.clear();
  };

  const onLost = () => {
    isLive = false;
    socket = undefined;
    for (const request of sent.values()) {
      if (request.isRepeatable) unsent.add(request);
      else request.fail(new StoreTimeoutError(connectionLost));
    }
    sent.clear();
    if (isClosed) return;
    if (attempts === 0) options.log?.(`the store at ${address} is away`);
    const pause = Math.min(pauseMs.longest, pauseMs.first * 2 ** attempts);
    attempts += 1;
    reconnect = setTimeout(open, pause * (0.5 + Math.random() / 2));
  };

  const open = () => {
    const reader = createLineReader();
    const opened = connect({ ...target, noDelay: true });
    socket = opened;
    opened.on('data', (chunk) => {
      lastDataAt = performance.now();
      try {
        reader.push(chunk, onLine);
      } catch (error) {
        options.log?.(`${asError(error).message}: connecting again`);
        opened.destroy();
      }
    });
    opened.on('error', () => undefined);
    opened.once('close', onLost);
    send({
      text: options.greeting(),
      isRepeatable: false,
      answer: onLive,
      fail: () => undefined,
      sentAt: 0,
    });
  };

  /** How long an answer has been waited for, with nothing else coming either. */
  const silenceMs = () => {
    const [oldest] = sent.values();
    return oldest ? performance.now() - Math.max(oldest.sentAt, lastDataAt) : 0;
  };

  /** Finds out that a peer is paused, or cut off, by asking it. */
  const probe = () => {
    if (silenceMs() > longestSilenceMs.connected) {
      socket?.destroy();
    } else if (isLive && sent.size === 0) {
      const nothing = () => undefined;
      send({ text: 'revision 0', isRepeatable: false, answer: nothing, fail: nothing, sentAt: 0 });
    }
  };

  open();
  const probing = setInterval(probe, tryEveryMs);

  return {
    isReady: () => isLive && silenceMs() <= longestSilenceMs.ready,
    request: (request) => {
      const { text, isRepeatable } = request;
      const { promise, resolve, reject } =
        Promise.withResolvers<ReturnType<typeof request.onAnswer>>();
      const settle = () => {
        clearTimeout(timer);
        unsent.delete(waiting);
      };
      const waiting: Waiting = {
        text,
        isRepeatable,
        sentAt: 0,
        answer: (record) => {
          settle();
          try {
            resolve(request.onAnswer(record));
          } catch (error) {
            reject(asError(error));
          }
        },
        fail: (error) => {
          settle();
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        // Nobody waits for it any more: its late answer, should it come, changes nothing.
        waiting.answer = () => undefined;
        waiting.fail(new StoreTimeoutError(timedOut));
      }, options.timeoutMs);
      if (isClosed) waiting.fail(new StoreTimeoutError(connectionLost));
      else if (isLive) send(waiting);
      else unsent.add(waiting);
      return promise;
    },
    [Symbol.dispose]: () => {
      isClosed = true;
      clearTimeout(reconnect);
      clearInterval(probing);
      socket?.destroy();
      for (const request of [...sent.values(), ...unsent]) {
        request.fail(new StoreTimeoutError(connectionLost));
      }
      sent.clear();
    },
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
