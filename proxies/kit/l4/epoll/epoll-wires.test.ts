import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ignored, type Wire, type WireEvents } from '../wire.ts';
import { isEpollKnown } from './support.ts';

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe.skipIf(!isEpollKnown)('wires over epoll', () => {
  it('send all of what is written at once, however little the kernel has room for', async () => {
    const { EpollLoop } = await import('./epoll-loop.ts');
    const { createEpollWires } = await import('./epoll-wires.ts');
    const failures: unknown[] = [];
    using loop = new EpollLoop((error) => failures.push(error));
    using engine = createEpollWires(loop, { keepAliveMs: 1_000 });
    const sent = randomBytes(32 << 20);
    const hash = createHash('sha256');
    const reader: WireEvents = {
      ...ignored,
      onData: (_wire, bytes) => hash.update(bytes),
      onEnd: () => loop.stop(),
    };
    const { address } = await engine.listen({
      host: '127.0.0.1',
      port: 0,
      onWire: (wire: Wire) => {
        wire.events = reader;
        wire.resume();
      },
      onError: (error) => failures.push(error),
    });
    const port = Number(address.split(':')[1]);
    const wire = engine.dial({ address: '127.0.0.1', port }, ignored);
    expect(wire.write(sent)).toBe(false);
    wire.end();
    loop.run();
    wire.destroy();
    expect(hash.digest('hex')).toBe(digest(sent));
    expect(failures).toEqual([]);
  });
});
