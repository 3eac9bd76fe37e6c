import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { requestCases } from './requests.ts';
import { connectRaw, statuses } from './testing/raw-client.ts';
import { requestLines } from './testing/recording-target.ts';
import { serverNames, startServers, type Servers } from './testing/servers.ts';

let servers: Servers;

beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers[Symbol.asyncDispose]());
beforeEach(() => {
  servers.target.forget();
  servers.vault.forget();
});

describe.each(serverNames)('%s', (name) => {
  const refusals = requestCases.filter(({ becomes }) => typeof becomes === 'number');
  it.each(refusals)('refuses $name', async ({ bytes, becomes }) => {
    using client = await connectRaw(servers.server[name]);
    client.send(bytes(servers.web));
    const text = await client.closed();
    expect([statuses(text), servers.target.received()]).toEqual([[becomes], []]);
    expect(servers.vault.received()).toEqual([]);
  });

  const passes = requestCases.filter(({ becomes }) => becomes instanceof RegExp);
  it.each(passes)('passes $name', async ({ bytes, becomes }) => {
    using client = await connectRaw(servers.server[name]);
    client.send(bytes(servers.web));
    await client.until(/ok$/);
    const [received, ...more] = servers.target.received();
    expect(received).toMatch(becomes as RegExp);
    expect(more).toEqual([]);
    // The body of a request may say anything.
    const outside = received?.split('\r\n\r\n', 1)[0] ?? '';
    expect(requestLines([outside])).toHaveLength(1);
  });

  it('answers two requests on one connection in order', async () => {
    using client = await connectRaw(servers.server[name]);
    servers.target.answerWith((socket, text) => {
      const asked = /\/(one|two) HTTP.*\r\n\r\n$/s.exec(text)?.[1] ?? '';
      const answer = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\n${asked}`;
      // The second is ready before the first.
      setTimeout(() => socket.write(answer), asked === 'one' ? 20 : 0);
    });
    const ask = (path: string) =>
      `GET ${servers.web}/${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer jane\r\n\r\n`;
    client.send(ask('one') + ask('two'));
    const text = await client.until(/\r\n\r\none.*\r\n\r\ntwo$/s);
    expect(statuses(text)).toEqual([200, 200]);
    expect(requestLines(servers.target.received()).toSorted()).toEqual([
      'GET /one HTTP/1.1',
      'GET /two HTTP/1.1',
    ]);
  });
});
