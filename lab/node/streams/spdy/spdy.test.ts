import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { PassThrough, duplexPair, type Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  createFrameReader,
  encodeControl,
  encodeData,
  finFlag,
  frameTypes,
  type Frame,
} from './frames.ts';
import { createHeaderCodec, type SpdyHeaders } from './header-block.ts';
import { serveSpdy, type SpdySession } from './spdy-session.ts';
import type { SpdyStream } from './spdy-stream.ts';

const word = fc.stringMatching(/^[a-z-]{1,20}$/);
const headers = fc.dictionary(word, fc.string({ maxLength: 200 }), {
  maxKeys: 10,
  noNullPrototype: true,
});

describe('frames', () => {
  it('come out as they went in, however they are cut', () => {
    const frame = fc.oneof(
      fc.record({
        id: fc.integer({ min: 1, max: 0x7fffffff }),
        flags: fc.constantFrom(0, 1),
        payload: fc.uint8Array({ maxLength: 300 }),
      }),
      fc.record({
        type: fc.integer({ min: 1, max: 9 }),
        flags: fc.constantFrom(0, 1),
        payload: fc.uint8Array({ maxLength: 300 }),
      }),
    );
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 10 }),
        fc.integer({ min: 1, max: 50 }),
        (frames, step) => {
          const bytes = Buffer.concat(
            frames.map((one) =>
              'id' in one
                ? encodeData(one.id, Buffer.from(one.payload), one.flags)
                : encodeControl(one.type, Buffer.from(one.payload), one.flags),
            ),
          );
          const read = createFrameReader();
          const seen: Frame[] = [];
          for (let at = 0; at < bytes.length; at += step)
            seen.push(...read(bytes.subarray(at, at + step)));
          expect(seen.map(({ flags, payload }) => [flags, [...payload]])).toEqual(
            frames.map(({ flags, payload }) => [flags, [...payload]]),
          );
          expect(seen.map((one) => (one.kind === 'data' ? one.streamId : one.type))).toEqual(
            frames.map((one) => ('id' in one ? one.id : one.type)),
          );
        },
      ),
    );
  });

  it('refuses one that is longer than any client sends', () => {
    const [...head] = encodeData(1, Buffer.alloc(0));
    head[5] = 0xff;
    expect(() => [...createFrameReader()(Buffer.from(head))]).toThrow('too long');
  });
});

describe('header blocks', () => {
  it('come out as they went in, one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(headers, { minLength: 1, maxLength: 8 }), async (blocks) => {
        const [from, to] = [createHeaderCodec(), createHeaderCodec()];
        for (const block of blocks) {
          expect(await to.decode(await from.encode(block))).toEqual(block);
        }
        from.close();
        to.close();
      }),
      { numRuns: 30 },
    );
  });

  it('refuses what is none', async () => {
    const codec = createHeaderCodec();
    await expect(codec.decode(Buffer.from('not compressed'))).rejects.toThrow();
  });

  it('refuses one that grows too long, whatever is behind it', async () => {
    const long = await createHeaderCodec().encode({ streamtype: 'x'.repeat(200_000) });
    const codec = createHeaderCodec();
    const bad = Buffer.concat([long, Buffer.alloc(100, 0xff)]);
    await expect(codec.decode(bad)).rejects.toThrow('a header block is too long');
    // What is behind it has been read by the time that others have had as many turns.
    const [from, to] = [createHeaderCodec(), createHeaderCodec()];
    for (let turn = 0; turn < 200; turn += 1) await to.decode(await from.encode({ turn: 'next' }));
  });
});

/** A client as Kubernetes' is: it opens streams, and neither sends nor obeys windows. */
class Client {
  readonly frames: Frame[] = [];
  readonly transport: Duplex;
  private readonly codec = createHeaderCodec();
  private nextId = 1;
  private readonly changed = new PassThrough();

  constructor(transport: Duplex) {
    this.transport = transport;
    const read = createFrameReader();
    transport.on('data', (chunk: Buffer) => {
      this.frames.push(...read(chunk));
      this.changed.emit('frames');
    });
  }

  async open(named: SpdyHeaders, flags = 0): Promise<number> {
    const id = this.nextId;
    this.nextId += 2;
    const head = Buffer.alloc(10);
    head.writeUInt32BE(id);
    const payload = Buffer.concat([head, await this.codec.encode(named)]);
    this.transport.write(encodeControl(frameTypes.synStream, payload, flags));
    return id;
  }

  send(id: number, text: string | Buffer, flags = 0): void {
    this.transport.write(encodeData(id, Buffer.from(text), flags));
  }

  async until(isThere: (frames: readonly Frame[]) => boolean): Promise<void> {
    while (!isThere(this.frames)) await once(this.changed, 'frames');
  }

  dataOf(id: number): string {
    return Buffer.concat(
      this.frames.flatMap((one) =>
        one.kind === 'data' && one.streamId === id ? [one.payload] : [],
      ),
    ).toString();
  }

  has(type: number): boolean {
    return this.frames.some((one) => one.kind === 'control' && one.type === type);
  }
}

function connected(onStream: (stream: SpdyStream) => void): {
  readonly client: Client;
  readonly session: SpdySession;
} {
  const [near, far] = duplexPair();
  return { client: new Client(near), session: serveSpdy(far, Buffer.alloc(0), onStream) };
}

describe('a session', () => {
  it('answers streams, and carries both directions to their ends', async () => {
    const { client, session } = connected((stream) => stream.pipe(stream));
    const id = await client.open({ streamtype: 'data', port: '80' });
    client.send(id, 'hello ');
    client.send(id, 'there', finFlag);
    await client.until((frames) =>
      frames.some((one) => one.kind === 'data' && one.flags === finFlag),
    );
    expect(client.dataOf(id)).toBe('hello there');
    expect(client.has(frameTypes.synReply)).toBe(true);
    client.transport.destroy();
    await session.closed;
  });

  it('shows the headers of each stream, in one compression', async () => {
    const seen: SpdyHeaders[] = [];
    const { client } = connected((stream) => seen.push(stream.headers));
    await client.open({ streamtype: 'error', requestid: '0' });
    await client.open({ streamtype: 'data', requestid: '0' });
    await client.until((frames) => frames.length === 2);
    expect(seen).toEqual([
      { streamtype: 'error', requestid: '0' },
      { streamtype: 'data', requestid: '0' },
    ]);
    client.transport.destroy();
  });

  it('answers pings while it carries data', async () => {
    const { client } = connected((stream) => stream.resume());
    const ping = Buffer.from([0, 0, 0, 7]);
    client.transport.write(encodeControl(frameTypes.ping, ping));
    await client.until(() => client.has(frameTypes.ping));
    expect(client.frames[0]?.payload).toEqual(ping);
    client.transport.destroy();
  });

  it('stops reading when nobody takes what came, and goes on afterwards', async () => {
    const opened = Promise.withResolvers<SpdyStream>();
    const { client } = connected((stream) => opened.resolve(stream));
    const id = await client.open({ streamtype: 'data' });
    const stream = await opened.promise;
    const piece = Buffer.alloc(64 * 1024, 'x');
    for (let count = 0; count < 32; count += 1) client.send(id, piece);
    client.send(id, '', finFlag);
    await once(stream, 'readable');
    // The client's side holds what the session has not taken.
    expect(client.transport.writableLength).toBeGreaterThan(piece.length);
    let size = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) size += chunk.length;
    expect(size).toBe(32 * piece.length);
    client.transport.destroy();
  });

  it('says goodbye behind what it has written', async () => {
    const { client, session } = connected((stream) => {
      stream.end('last words', () => session.close());
    });
    const id = await client.open({ streamtype: 'error' });
    await client.until(() => client.has(frameTypes.goAway));
    expect(client.dataOf(id)).toBe('last words');
    client.transport.end();
    await session.closed;
  });

  it('hangs up on a client that speaks something else', async () => {
    const { client, session } = connected(() => undefined);
    client.transport.write('GET / HTTP/1.1\r\nHost: x\r\n\r\nmore and more and more');
    client.transport.write(encodeControl(frameTypes.synStream, Buffer.alloc(2)));
    await session.closed;
    expect(client.frames).toEqual([]);
  });

  it('notices that a client has gone though nobody takes what came', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    await using stack = new AsyncDisposableStack();
    const server = stack.adopt(createServer(), (one) => void one.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const near = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [far] = (await once(server, 'connection')) as [Socket];
    far.on('error', () => undefined);
    const opened = Promise.withResolvers<SpdyStream>();
    const session = serveSpdy(far, Buffer.alloc(0), opened.resolve);
    const gone = new AbortController();
    void session.closed.then(() => gone.abort());
    const client = new Client(near);
    const id = await client.open({ streamtype: 'stdin' });
    const stream = await opened.promise;
    const piece = Buffer.alloc(64 * 1024);
    for (let count = 0; count < 512; count += 1) client.send(id, piece);
    await once(stream, 'readable');
    near.destroy();
    while (!gone.signal.aborted) {
      vi.advanceTimersByTime(5000);
      await sleep(5);
    }
    expect(stream.destroyed).toBe(true);
  });
});
