/** Who gets new connections while all is well. */
import { watch, type Held } from '../world/client.ts';
import { countsOf, type Stage } from '../world/stage.ts';
import { deviates, type ConformanceCase } from './case.ts';

const thirty = 'backend-1 ×10, backend-2 ×10, backend-3 ×10';
const one = { 'new connections': 'backend-1' };
/** The first check counts alone; nobody is then suspected because a busy machine answers late. */
const checkedOnce = { check: { intervalMs: 60_000, timeoutMs: 5_000 } };

export const balanceCases: readonly ConformanceCase[] = [
  {
    name: 'round robin deals out new connections evenly',
    triesAgain: 3,
    options: checkedOnce,
    act: async ({ shares }) => ({ thirty: await shares(30) }),
    expect: { thirty },
    instead: { none: deviates('one-apiserver', { thirty: 'backend-1 ×30' }) },
  },
  {
    name: 'least connections goes to who has the fewest',
    triesAgain: 3,
    options: { ...checkedOnce, balance: 'least-connections' },
    act: async (stage) => {
      await using held = new AsyncDisposableStack();
      const open = async () => held.use(await watch(stage.target));
      const six: Held[] = [];
      for (let count = 0; count < 6; count++) {
        six.push(await open());
        await counted(stage, six.length);
      }
      const shares = sharesOf(six);
      for (const { backend, socket } of six) if (backend === 'backend-2') socket.destroy();
      await stage.until('backend-2 has seen the ends', async () =>
        (await stage.backends[1].connections()).every(({ end }) => end !== 'open'),
      );
      await counted(stage, six.filter(({ backend }) => backend !== 'backend-2').length);
      const next = [await open()];
      await counted(stage, 5);
      next.push(await open());
      return { six: shares, 'two more, once those of backend-2 ended': sharesOf(next) };
    },
    expect: {
      six: 'backend-1 ×2, backend-2 ×2, backend-3 ×2',
      'two more, once those of backend-2 ended': 'backend-2 ×2',
    },
    instead: {
      none: deviates('one-apiserver', {
        six: 'backend-1 ×6',
        'two more, once those of backend-2 ended': 'backend-1 ×2',
      }),
    },
  },
  {
    name: 'first healthy gives all to the first, then to the next',
    triesAgain: 3,
    options: { balance: 'first-healthy' },
    act: async (stage) => {
      const before = await stage.shares(6);
      await stage.backends[0].kill();
      await stage.untilKnown(1, 'not ready');
      const after = await stage.whoAnswers('once the first is killed');
      await stage.backends[0].restore();
      await stage.untilKnown(1, 'ready');
      return { six: before, ...after, ...(await stage.whoAnswers('once it is back')) };
    },
    expect: {
      six: 'backend-1 ×6',
      'once the first is killed': 'backend-2',
      'once it is back': 'backend-1',
    },
    instead: {
      nginx: deviates('first-healthy-order', {
        'once the first is killed': 'backend-2, backend-3',
      }),
      none: deviates('one-apiserver', { 'once the first is killed': 'failed' }),
    },
  },
  {
    name: 'a single backend still works',
    backends: [1],
    act: ({ whoAnswers }) => whoAnswers('new connections'),
    expect: one,
  },
  {
    name: 'IPv6 clients reach IPv6 backends',
    triesAgain: 3,
    options: checkedOnce,
    backendFamily: 'IPv6',
    act: async ({ shares }) => ({ thirty: await shares(30) }),
    expect: { thirty },
    instead: { none: deviates('one-apiserver', { thirty: 'backend-1 ×30' }) },
  },
  {
    name: 'IPv4 clients reach IPv6 backends',
    backendFamily: 'IPv6',
    clientFamily: 'IPv4',
    act: ({ whoAnswers }) => whoAnswers('new connections'),
    expect: { 'new connections': 'backend-1, backend-2, backend-3' },
    instead: {
      nftables: deviates('other-family', { 'new connections': 'failed' }),
      none: deviates('one-apiserver', { 'new connections': 'backend-1' }),
    },
  },
];

function sharesOf(held: readonly Held[]): string {
  return countsOf(held.map(({ backend }) => backend));
}

/** Until the balancer counts so many, where it says how many it has. */
async function counted({ balancer, hasBalancer, until }: Stage, count: number): Promise<void> {
  if (!hasBalancer) return;
  let seen: unknown;
  try {
    await until(`there are ${count} connections`, async () => {
      const counts = await balancer.counts();
      seen = counts;
      return counts === null || counts.active === count;
    });
  } catch (error) {
    throw new Error(`Counted: ${JSON.stringify(seen)}. ${String(error)}`, { cause: error });
  }
}
