/** Bytes pass as they are: TLS, upgrades, ends and resets. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { ask, askHttp2, raw, upgrade, type Held } from '../world/client.ts';
import { deviates, type ConformanceCase } from './case.ts';

const serverNameSeen = 'kubernetes.default.svc';
const sizes = [1, 17, 1_448, 65_536, 1_000_003, 16 << 20];

export const untouchedCases: readonly ConformanceCase[] = [
  {
    name: 'TLS passes untouched',
    act: async ({ target, backend }) => {
      const asked = await ask(target);
      if (asked.is !== 'answered') return { connection: asked.code };
      const { who, fingerprint } = asked;
      const isOwn = fingerprint === backend(who.name).fingerprint;
      return {
        certificate: isOwn ? "the backend's own" : fingerprint,
        user: String(who.user),
        SNI: String(who.sni),
        ALPN: String(who.alpn),
        'ALPN of HTTP/2': String((await askHttp2(target)).alpn),
      };
    },
    expect: {
      certificate: "the backend's own",
      user: 'alice',
      SNI: serverNameSeen,
      ALPN: 'http/1.1',
      'ALPN of HTTP/2': 'h2',
    },
  },
  ...['websocket', 'SPDY/3.1'].map((protocol): ConformanceCase => ({
    name: `a connection upgraded to ${protocol} carries bytes both ways`,
    act: async ({ target }) => {
      using held = await upgrade(target, protocol);
      return { echo: await echoes(held, randomBytes(200_000)) };
    },
    expect: { echo: 'the same' },
  })),
  {
    name: 'bytes arrive as they were sent, in both directions',
    act: async ({ target }) => {
      const seen: Record<string, string> = {};
      for (const size of sizes) {
        using up = await raw(target, 'count');
        const bytes = randomBytes(size);
        const answered = textOf(up);
        up.socket.end(bytes);
        seen[`${size} up`] = (await answered) === sum(bytes) ? 'the same' : 'other bytes';
        using down = await raw(target, `source ${size}`);
        const expected = Buffer.alloc(size, 'source of bytes; ');
        seen[`${size} down`] =
          sum(await bytesOf(down)) === sum(expected) ? 'the same' : 'other bytes';
      }
      return seen;
    },
    expect: Object.fromEntries(
      sizes.flatMap((size) => ['up', 'down'].map((way) => [`${size} ${way}`, 'the same'])),
    ),
  },
  {
    name: 'an end on one side is an end on the other, no more',
    act: async (stage) => {
      using up = await raw(stage.target, 'count');
      const answered = textOf(up);
      up.socket.end('that was all');
      using down = await raw(stage.target, 'bye');
      down.socket.resume();
      await down.ended;
      const after = randomBytes(100_000);
      down.socket.end(after);
      const size = after.length + 'bye\n'.length;
      const seenBy = stage.backend(down.backend);
      await stage.until('what comes after the end has come', async () =>
        (await seenBy.connections()).some(({ receivedBytes }) => receivedBytes === size),
      );
      return {
        "after the client's end":
          (await answered) === sum(Buffer.from('that was all')) ? 'answered' : 'lost',
        "after the backend's end": 'heard',
      };
    },
    expect: { "after the client's end": 'answered', "after the backend's end": 'heard' },
  },
  {
    name: 'a reset on one side is a reset on the other',
    act: async (stage) => {
      using fromClient = await raw(stage.target, 'hold');
      fromClient.socket.resetAndDestroy();
      const machine = stage.backend(fromClient.backend);
      await stage.until('the backend has seen the end', async () =>
        (await machine.connections()).every(({ end }) => end !== 'open'),
      );
      const [first] = await machine.connections();
      using fromBackend = await raw(stage.target, 'hold');
      await stage.backend(fromBackend.backend).resetRaw();
      return {
        "the client's": first?.end ?? 'nothing',
        ...(await stage.endOf("the backend's", fromBackend)),
      };
    },
    expect: { "the client's": 'reset', "the backend's": 'reset' },
    instead: {
      nginx: [
        ...deviates('resets-of-clients', { "the client's": 'ended' }),
        ...deviates('resets-of-apiservers', { "the backend's": 'end' }),
      ],
      haproxy: deviates('resets-of-apiservers', { "the backend's": 'end' }),
    },
  },
];

/** What comes back of what is sent. */
export async function echoes(held: Held, bytes: Buffer): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  const whole = Promise.withResolvers<undefined>();
  held.socket.on('data', (piece: Buffer) => {
    pieces.push(piece);
    size += piece.length;
    if (size >= bytes.length) whole.resolve(undefined);
  });
  held.socket.write(bytes);
  const end = await Promise.race([whole.promise, held.ended]);
  if (end !== undefined) return `${size} of ${bytes.length} bytes, then ${end}`;
  return Buffer.concat(pieces).equals(bytes) ? 'the same' : 'other bytes';
}

async function bytesOf({ socket }: Held): Promise<Buffer> {
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  await once(socket, 'end');
  return Buffer.concat(pieces);
}

async function textOf(held: Held): Promise<string> {
  return (await bytesOf(held)).toString('latin1').trim();
}

function sum(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
