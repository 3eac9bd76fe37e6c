import { once } from 'node:events';
import type { Server } from 'node:net';
import { PassThrough } from 'node:stream';
import { connect, createServer as createTlsServer, type TLSSocket } from 'node:tls';

import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAuthority } from '../../../proxies/kit/pki/authority.ts';
import { answerBegins } from './answer-begins.ts';
import { tie } from './tie.ts';

afterEach(() => void vi.useRealTimers());

describe('the beginning of an answer', () => {
  it('is waited for no longer than 30 s', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const waiting = answerBegins(new Promise(() => undefined), new AbortController().signal);
    const refused = expect(waiting).rejects.toThrow('net/http: timeout awaiting response headers');
    vi.advanceTimersByTime(30_000);
    await refused;
  });

  it('leaves nothing behind when it has come', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    expect(await answerBegins(Promise.resolve('head'), new AbortController().signal)).toBe('head');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a kubelet that shakes hands and says no more', () => {
  let server: Server;
  let port: number;
  beforeAll(async () => {
    const authority = await createAuthority();
    const { certificatePem: cert, keyPem: key } = await authority.issueServer(['127.0.0.1']);
    server = createTlsServer({ cert, key }, (socket) => socket.on('error', () => undefined));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    port = typeof address === 'object' && address ? address.port : 0;
    return () => void server.close();
  });

  it('keeps no stream of a client that has gone', { timeout: 5000 }, async () => {
    const backend: TLSSocket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    await once(backend, 'secureConnect');
    const gone = new AbortController();
    const client = { socket: new PassThrough(), head: Buffer.alloc(0), begin: () => undefined };
    const tied = expect(tie(client, backend, gone.signal)).rejects.toThrow('context canceled');
    gone.abort();
    await tied;
    expect(backend.destroyed).toBe(true);
  });
});
