import { describe, expect, it } from 'vitest';
import { takeLoopbackShare } from './loopback-share.ts';

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
});
