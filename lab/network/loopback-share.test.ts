import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePortOf, takeLoopbackShare } from './loopback-share.ts';

describe.skipIf(process.platform !== 'linux')('the loopback of a host', () => {
  it('is shared by the labs that are there at once, each in the place it had before', async () => {
    // Other labs may be there, too.
    const first = await takeLoopbackShare();
    await using second = await takeLoopbackShare(first.share);
    expect(second.share).not.toBe(first.share);
    await first[Symbol.asyncDispose]();
    await using again = await takeLoopbackShare(24);
    await using other = await takeLoopbackShare(24);
    expect(again.share).toBe(24);
    expect(other.share).not.toBe(24);
  });

  it('has ports for the load balancer of each lab, the same ones while nobody else has them', async () => {
    await using first = await takeLoopbackShare();
    await using second = await takeLoopbackShare();
    const port = await freePortOf(first);
    expect(await freePortOf(first)).toBe(port);
    expect(await freePortOf(second)).not.toBe(port);
    const somebody = createServer().listen(port, '127.0.0.1');
    await once(somebody, 'listening');
    const next = await freePortOf(first);
    expect(next).toBeGreaterThan(port);
    expect(next).not.toBe(await freePortOf(second));
    somebody.close();
  });
});
