import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createLedger, type Ledger } from './ledger.ts';
import type { RunningWatch } from './store.ts';

const put = (ledger: Ledger<string>, key: string) =>
  ledger.put({ key, value: '', revision: ledger.revision() + 1 });

function watchFrom(ledger: Ledger<string>, after: number, onSeen?: (revision: number) => void) {
  const seen: number[] = [];
  const expiredAt: number[] = [];
  const watch = ledger.watch({
    prefix: '/a/',
    after,
    onChange: ({ revision }) => {
      seen.push(revision);
      onSeen?.(revision);
    },
    onExpired: (compacted) => expiredAt.push(compacted),
  });
  if (watch.result !== 'watching') throw new Error(watch.result);
  return { seen, expiredAt, watch: watch satisfies RunningWatch };
}

describe('the watches of a store', () => {
  it('show a paused watch what it missed when it goes on', async () => {
    const ledger = createLedger<string>({ changes: 100 });
    const { seen, watch } = watchFrom(ledger, 1);
    await turn();
    put(ledger, '/a/1');
    watch.pause();
    put(ledger, '/a/2');
    put(ledger, '/b/1');
    put(ledger, '/a/3');
    expect(seen).toEqual([2]);
    watch.resume();
    expect(seen).toEqual([2, 3, 5]);
    put(ledger, '/a/4');
    expect(seen).toEqual([2, 3, 5, 6]);
  });

  it('that begin in the future have come no less far than that', async () => {
    const ledger = createLedger<string>({ changes: 100 });
    const { watch } = watchFrom(ledger, 5);
    await turn();
    expect(watch.revision()).toBe(5);
  });

  it('lets a watch pause while it catches up', async () => {
    const ledger = createLedger<string>({ changes: 100 });
    for (let index = 0; index < 5; index += 1) put(ledger, `/a/${index}`);
    const { seen, watch } = watchFrom(ledger, 1, () => watch.pause());
    await turn();
    expect(seen).toEqual([2]);
    watch.resume();
    expect(seen).toEqual([2, 3]);
    expect(watch.revision()).toBe(3);
  });

  it('end a paused watch when the history has forgotten where it was', async () => {
    const ledger = createLedger<string>({ changes: 5 });
    const { seen, expiredAt, watch } = watchFrom(ledger, 1);
    await turn();
    watch.pause();
    for (let index = 0; index < 20; index += 1) put(ledger, `/a/${index}`);
    expect(expiredAt).toHaveLength(1);
    watch.resume();
    expect(seen).toEqual([]);
  });

  it('keep a watch that is up to date, however quiet its prefix is', async () => {
    const ledger = createLedger<string>({ changes: 5 });
    const { seen, expiredAt, watch } = watchFrom(ledger, 1);
    await turn();
    for (let index = 0; index < 20; index += 1) put(ledger, `/b/${index}`);
    watch.pause();
    watch.resume();
    put(ledger, '/a/1');
    expect(expiredAt).toEqual([]);
    expect(seen).toEqual([22]);
  });

  it('tell everybody in one order, also of what is written while they are told', async () => {
    const ledger = createLedger<string>({ changes: 100 });
    const first = watchFrom(ledger, 1, (revision) => {
      if (revision === 2) put(ledger, '/a/2');
    });
    const second = watchFrom(ledger, 1);
    await turn();
    put(ledger, '/a/1');
    expect(first.seen).toEqual([2, 3]);
    expect(second.seen).toEqual([2, 3]);
  });
});
