import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRaw } from './testing/raw-client.ts';
import { requestLines } from './testing/recording-target.ts';
import { serverNames, startServers, type Servers } from './testing/servers.ts';

let servers: Servers;

beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers[Symbol.asyncDispose]());

const runs = 60;

/** What attacks are made of. */
const fragments = [
  '\r\n',
  '\n',
  '\r',
  '\r\n\r\n',
  '\r\n ',
  '\0',
  ' ',
  '\t',
  ':',
  '/',
  '..',
  '%2f',
  '%0d%0a',
  '?',
  '#',
  '\x7f',
  '\xff',
  'HTTP/1.1',
  'HTTP/1.0',
  'GET /canary HTTP/1.1\r\nHost: x\r\n\r\n',
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: cow\r\n',
  'Connection: Upgrade\r\nUpgrade: x\r\n',
  'Host: b\r\n',
  'Expect: 100-continue\r\n',
  '0\r\n\r\n',
  '5\r\n',
];

/** Replaces what stands at a place by one of these. */
const mutation = fc.record({
  at: fc.nat(400),
  removed: fc.nat(12),
  put: fc.oneof(fc.constantFrom(...fragments), fc.string({ unit: 'binary', maxLength: 4 })),
});

describe.each(serverNames)('%s', (name) => {
  it('sends one request for each that is clear, whatever is done to a head', async () => {
    const { target, vault, web, server } = servers;
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
        target.forget();
        let head = [
          `POST ${web}/a HTTP/1.1`,
          'Host: x',
          'Authorization: Bearer jane',
          'Content-Length: 5',
          'X-Remote-User: admin',
          'X-A: b',
        ].join('\r\n');
        for (const { at, removed, put } of mutations) {
          const place = at % (head.length + 1);
          head = head.slice(0, place) + put + head.slice(place + removed);
        }
        using client = await connectRaw(server[name]);
        client.send(`${head}\r\nConnection: close\r\n\r\nhello`);
        // By the time that another request has its answer, this one has its own, or waits for more.
        using other = await connectRaw(server[name]);
        other.send(
          `GET ${web}/other HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer jane\r\nConnection: close\r\n\r\n`,
        );
        await other.closed();
        client.send(`${'Z'.repeat(3000)}\r\n\r\n`);
        await client.closed();
        const received = target.received().filter((text) => !text.startsWith('GET /other '));
        if (received.length > 0) passed++;
        expect(vault.received()).toEqual([]);
        for (const text of received) {
          const [asked = ''] = text.split('\r\n\r\n', 1);
          expect(requestLines([asked])).toHaveLength(1);
          expect(asked).not.toMatch(/bearer|^x-remote-user:/im);
          expect(asked).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n|\n[ \t]/);
          const lengths = asked.match(/^(?:content-length|transfer-encoding):/gim) ?? [];
          expect(lengths.length).toBeLessThanOrEqual(1);
          expect(asked.match(/^host:/gim)).toHaveLength(1);
        }
        // The canary may only come as a request of its own, which the client may make: never through us.
        expect(requestLines(received).filter((line) => line.includes('canary'))).toEqual([]);
      }),
      // The first is harmless: what goes through must be seen to go through.
      { numRuns: runs, examples: [[[{ at: 0, removed: 0, put: '' }]]] },
    );
    expect(passed).toBeGreaterThan(0);
  });
});
