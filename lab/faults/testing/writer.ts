/** Somebody who makes numbered changes to one object after the other, and knows what a watch must tell. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../../../proxies/kit/api/api-client.ts';
import { ApiError } from '../../../proxies/kit/api/errors.ts';

export interface Writer {
  /** What a watch must have told, as `wordsOf` puts it, in order. */
  readonly changes: readonly string[];
  /** How often no answer came: the change may have been made, or not. */
  readonly doubts: number;
  /** Resolves when so many more changes have been made. */
  untilMore(changes: number): Promise<void>;
  /** Resolves when the last change has been made for certain. */
  stop(): Promise<void>;
}

/** Any client's object, as far as it tells which change it shows. */
export interface Numbered {
  readonly metadata?: {
    readonly name?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** The label of all objects of writers. */
export const label = { numbered: 'true' } as const;
export const labelSelector = 'numbered=true';
const names = ['a', 'b', 'c', 'd', 'e'];
/** An object is created, changed four times, and deleted. */
const stages = 6;
const pauseMs = 10;

/** @example wordsOf('MODIFIED', object) // 'MODIFIED a 31' */
export function wordsOf(type: string, { metadata }: Numbered): string {
  return `${type} ${metadata?.name ?? ''} ${metadata?.annotations?.number ?? ''}`;
}

/** Starts at once, in that collection. It repeats a change until the server says that it is made. */
export function startWriter(client: ApiClient, path: string, object: object): Writer {
  const changes: string[] = [];
  const waiting = new Map<() => void, number>();
  let isStopped = false;
  let doubts = 0;

  const makeForCertain = async (change: NumberedChange): Promise<void> => {
    for (let hasDoubts = false; ; hasDoubts = true) {
      try {
        await change.make(client, path, object);
        return;
      } catch (error) {
        const isRefused = error instanceof ApiError && error.code < 500;
        // What was in doubt has been made.
        if (isRefused && hasDoubts && error.reason === change.refusedAgain) return;
        if (isRefused) throw error;
        doubts += 1;
        await delay(pauseMs);
      }
    }
  };

  const run = async (): Promise<void> => {
    for (let number = 0; !isStopped; number += 1) {
      const change = changeOf(number);
      await makeForCertain(change);
      changes.push(change.words);
      for (const [resolve, goal] of waiting) if (changes.length >= goal) resolve();
      await delay(pauseMs);
    }
  };

  const running = run();
  return {
    changes,
    get doubts() {
      return doubts;
    },
    untilMore: async (more) => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const reach = () => resolve(undefined);
      waiting.set(reach, changes.length + more);
      await Promise.race([promise, running]);
      waiting.delete(reach);
    },
    stop: async () => {
      isStopped = true;
      await running;
    },
  };
}

interface NumberedChange {
  readonly words: string;
  /** The reason of the refusal when it is made twice; a second patch changes nothing. */
  readonly refusedAgain?: string;
  make(client: ApiClient, path: string, object: object): Promise<unknown>;
}

function changeOf(number: number): NumberedChange {
  const name = names[Math.floor(number / stages) % names.length] ?? '';
  const annotations = { number: String(number) };
  const stage = number % stages;
  if (stage === 0) {
    const metadata = { name, annotations, labels: label };
    return {
      words: wordsOf('ADDED', { metadata }),
      refusedAgain: 'AlreadyExists',
      make: (client, path, object) => client.create(path, { ...object, metadata }),
    };
  }
  if (stage < stages - 1) {
    return {
      words: wordsOf('MODIFIED', { metadata: { name, annotations } }),
      make: (client, path) =>
        client.patch(`${path}/${name}`, 'merge', { metadata: { annotations } }),
    };
  }
  return {
    // It is told as it was last.
    words: wordsOf('DELETED', { metadata: { name, annotations: { number: `${number - 1}` } } }),
    refusedAgain: 'NotFound',
    make: (client, path) => client.delete(`${path}/${name}`, { gracePeriodSeconds: 0 }),
  };
}
