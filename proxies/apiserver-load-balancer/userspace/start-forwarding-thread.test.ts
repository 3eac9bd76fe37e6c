import { readdirSync, readlinkSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isEpollKnown } from '../../kit/l4/epoll/support.ts';
import { placeOf, userspaceWorld } from './testing/userspace-world.ts';

it.runIf(isEpollKnown)('leaves no file open where it could not begin', async () => {
  await using taken = await userspaceWorld({ wires: 'epoll' });
  const { port } = placeOf(taken.dataplane.addresses[0] ?? '');
  const before = countEventFiles();
  for (let count = 0; count < 3; count++) {
    const listen = [{ host: '127.0.0.1', port }];
    await expect(userspaceWorld({ wires: 'epoll', listen })).rejects.toThrow('EADDRINUSE');
  }
  await expect.poll(countEventFiles, { timeout: 15_000 }).toBeLessThanOrEqual(before);
});

/** Threads that end close theirs a moment later. */
function countEventFiles(): number {
  return readdirSync('/proc/self/fd').filter((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`) === 'anon_inode:[eventfd]';
    } catch {
      return false;
    }
  }).length;
}
