/** What becomes of new connections, and of old ones, when a backend is no longer what it was. */
import { raw, watch, type Held } from '../world/client.ts';
import type { Stage } from '../world/stage.ts';
import { deviates, type ConformanceCase, type Observed } from './case.ts';

const twoFailed = 'answered ×4, failed ×2';
const others = 'backend-2, backend-3';
const all = 'backend-1, backend-2, backend-3';
const onlyOne = deviates('one-apiserver', { 'new connections': 'backend-1' });
const alsoForeign = { 'new connections': 'backend-2, backend-3, failed' };

export const checkCases: readonly ConformanceCase[] = [
  {
    name: '/readyz answers 500: new connections go elsewhere, a watch lives',
    act: async (stage) => {
      using held = await heldOf(stage, 1);
      await stage.backends[0].setReady(false);
      await stage.untilKnown(1, 'not ready');
      return {
        ...(await stage.whoAnswers('new connections')),
        ...(await stage.watchIs('the watch', held)),
        ...(await backAgain(stage, () => stage.backends[0].setReady(true))),
      };
    },
    expect: { 'new connections': others, 'the watch': 'lives', 'once it is ready': all },
    instead: {
      nginx: deviates('not-ready', { 'new connections': all }),
      none: deviates('one-apiserver', {
        'new connections': 'backend-1',
        'once it is ready': 'backend-1',
      }),
    },
  },
  {
    name: 'a backend is killed: new connections go elsewhere, and come back with it',
    act: async (stage) => {
      using held = await heldOf(stage, 1);
      await stage.backends[0].kill();
      await stage.untilKnown(1, 'not ready');
      return {
        ...(await stage.whoAnswers('new connections')),
        ...(await ended(stage, 'the watch', held)),
        ...(await backAgain(stage, () => stage.backends[0].restore())),
      };
    },
    expect: { 'new connections': others, 'the watch': 'ended', 'once it is ready': all },
    instead: {
      none: deviates('one-apiserver', {
        'new connections': 'failed',
        'once it is ready': 'backend-1',
      }),
    },
  },
  {
    name: 'a backend is paused: its idle and busy connections are reset',
    act: async (stage) => {
      using idle = await heldOf(stage, 1);
      using busy = await rawOf(stage, 1);
      const sending = setInterval(() => busy.socket.write(Buffer.alloc(4_096)), 5);
      try {
        stage.backends[0].pause();
        await stage.untilKnown(1, 'not ready');
        return {
          ...(await stage.whoAnswers('new connections')),
          ...(await stage.endOf('the idle one', idle)),
          ...(await stage.endOf('the busy one', busy)),
        };
      } finally {
        clearInterval(sending);
      }
    },
    expect: { 'new connections': others, 'the idle one': 'reset', 'the busy one': 'reset' },
    instead: {
      nginx: [
        ...deviates('hung', { 'new connections': `${others}, failed` }),
        ...deviates('connections-of-the-dead', {
          'the idle one': 'lives',
          'the busy one': 'lives',
        }),
      ],
      haproxy: deviates('connections-of-the-dead', {
        'the idle one': 'end',
        'the busy one': 'end',
      }),
      none: [
        ...deviates('one-apiserver', { 'new connections': 'failed' }),
        ...deviates('nobody-resets', { 'the idle one': 'lives', 'the busy one': 'lives' }),
      ],
    },
  },
  {
    name: 'a backend is cut off: its connections are reset',
    act: async (stage) => {
      using held = await heldOf(stage, 1);
      stage.backends[0].cut();
      await stage.untilKnown(1, 'not ready');
      return {
        ...(await stage.whoAnswers('new connections')),
        ...(await stage.endOf('the watch', held)),
      };
    },
    expect: { 'new connections': others, 'the watch': 'reset' },
    instead: {
      nginx: deviates('connections-of-the-dead', { 'the watch': 'lives' }),
      haproxy: deviates('connections-of-the-dead', { 'the watch': 'end' }),
      none: [
        ...deviates('one-apiserver', { 'new connections': 'failed' }),
        ...deviates('nobody-resets', { 'the watch': 'lives' }),
      ],
    },
  },
  {
    name: 'a dial that is refused is followed by another',
    triesAgain: 3,
    // No check finds out.
    options: { check: { intervalMs: 60_000, timeoutMs: 5_000 } },
    act: async (stage) => {
      await stage.backends[0].behave('refuse');
      return { six: await stage.areAnswered(6) };
    },
    expect: { six: 'answered ×6' },
    instead: {
      nftables: deviates('retry', { six: twoFailed }),
      none: deviates('one-apiserver', { six: 'failed ×6' }),
    },
  },
  {
    name: 'a dial without an answer is followed by another',
    triesAgain: 3,
    options: { check: { intervalMs: 60_000, timeoutMs: 5_000 } },
    act: async (stage) => {
      stage.backends[0].cut();
      return { six: await stage.areAnswered(6) };
    },
    expect: { six: 'answered ×6' },
    instead: {
      nftables: deviates('dial-timeout', { six: twoFailed }),
      none: deviates('one-apiserver', { six: 'failed ×6' }),
    },
  },
  {
    name: 'a ClientHello without an answer is told to another',
    triesAgain: 3,
    options: { check: { intervalMs: 60_000, timeoutMs: 5_000 } },
    act: async (stage) => {
      stage.backends[0].pause();
      return { six: await stage.areAnswered(6) };
    },
    expect: { six: 'answered ×6' },
    instead: {
      nftables: deviates('unanswered-client-hello', { six: twoFailed }),
      nginx: deviates('unanswered-client-hello', { six: twoFailed }),
      haproxy: deviates('unanswered-client-hello', { six: twoFailed }),
      none: deviates('one-apiserver', { six: 'failed ×6' }),
    },
  },
  {
    name: 'nobody is ready, and all are tried',
    prepare: ({ backends }) => unready(backends),
    readyAtStart: [],
    act: async (stage) => {
      await Promise.all(([1, 2, 3] as const).map((n) => stage.untilKnown(n, 'not ready')));
      return stage.whoAnswers('new connections');
    },
    expect: { 'new connections': all },
    instead: { none: onlyOne },
  },
  {
    name: 'nobody is ready, and clients are refused',
    options: { whenNoneReady: 'refuse' },
    prepare: ({ backends }) => unready(backends),
    readyAtStart: [],
    act: async (stage) => {
      await Promise.all(([1, 2, 3] as const).map((n) => stage.untilKnown(n, 'not ready')));
      return stage.whoAnswers('new connections');
    },
    expect: { 'new connections': 'failed' },
    instead: { nginx: deviates('not-ready', { 'new connections': all }), none: onlyOne },
  },
  {
    name: 'all are killed, and clients are told so; one comes back, and serves',
    act: async (stage) => {
      await Promise.all(stage.backends.map((backend) => backend.kill()));
      await Promise.all(([1, 2, 3] as const).map((n) => stage.untilKnown(n, 'not ready')));
      const dead = await stage.whoAnswers('new connections');
      await stage.backends[1].restore();
      await stage.untilKnown(2, 'ready');
      return { ...dead, ...(await stage.whoAnswers('once one is back')) };
    },
    expect: { 'new connections': 'failed', 'once one is back': 'backend-2' },
    instead: { none: deviates('one-apiserver', { 'once one is back': 'failed' }) },
  },
  {
    name: "a backend with another cluster's certificate gets nothing",
    prepare: ({ backends: [one] }) => one.present('foreign'),
    readyAtStart: [2, 3],
    act: async (stage) => {
      await stage.untilKnown(1, 'not ready');
      return stage.whoAnswers('new connections');
    },
    expect: { 'new connections': others },
    instead: {
      nginx: deviates('certificate', alsoForeign),
      none: deviates('one-apiserver', { 'new connections': 'failed' }),
    },
  },
  {
    name: "a backend with another cluster's certificate gets nothing, even if nobody else is ready",
    prepare: async ({ backends }) => {
      await unready(backends);
      await backends[0].present('foreign');
    },
    readyAtStart: [],
    act: async (stage) => {
      await Promise.all(([1, 2, 3] as const).map((n) => stage.untilKnown(n, 'not ready')));
      return stage.whoAnswers('new connections');
    },
    expect: { 'new connections': others },
    instead: {
      nginx: deviates('untrusted-when-none-ready', alsoForeign),
      haproxy: deviates('untrusted-when-none-ready', alsoForeign),
      none: deviates('one-apiserver', { 'new connections': 'failed' }),
    },
  },
];

export async function heldOf(stage: Stage, number: 1 | 2 | 3): Promise<Held> {
  return that(number, () => watch(stage.target));
}

async function rawOf(stage: Stage, number: 1 | 2 | 3): Promise<Held> {
  return that(number, () => raw(stage.target, 'hold'));
}

/** One that leads to this backend, of as many as it takes. */
async function that(number: number, open: () => Promise<Held>): Promise<Held> {
  for (let count = 0; count < 30; count++) {
    const held = await open();
    if (held.backend === `backend-${number}`) return held;
    held.socket.destroy();
  }
  throw new Error(`backend-${number} gets no connection.`);
}

async function backAgain(stage: Stage, act: () => Promise<void>): Promise<Observed> {
  await act();
  await stage.untilKnown(1, 'ready');
  return stage.whoAnswers('once it is ready');
}

/** By an end or by a reset: both are told. */
async function ended(stage: Stage, key: string, held: Held): Promise<Observed> {
  const seen = await stage.endOf(key, held);
  return seen[key] === 'lives' ? seen : { [key]: 'ended' };
}

async function unready(backends: Stage['backends']): Promise<void> {
  await Promise.all(backends.map((backend) => backend.setReady(false)));
}
