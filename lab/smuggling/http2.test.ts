import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { http2Cases } from './http2.ts';
import { sendFrames } from './testing/frames.ts';
import { serverNames, startServers, type Servers } from './testing/servers.ts';

let servers: Servers;

beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers[Symbol.asyncDispose]());
beforeEach(() => servers.target.forget());

describe.each(serverNames)('%s', (name) => {
  it.each(http2Cases)('takes $name for what it is', async (sent) => {
    const { headers, becomes, isReset } = sent;
    const { target } = servers;
    if (isReset) target.answerWith(() => undefined);
    const answer = await sendFrames(servers.server[name], {
      ...sent,
      headers: headers(servers.web),
      ...(isReset && { resetAfter: target.saw(/abc/) }),
    });
    if (isReset) await expect.poll(() => target.sockets()).toEqual([]);
    const received = servers.target.received();
    if (becomes === 'reset') {
      expect([200, undefined]).not.toContain(answer.isReset ? 0 : answer.status);
      // Nothing that a target would take for whole.
      for (const text of received) expect(text).not.toMatch(/\r\n\r\n(?:.*0\r\n\r\n|)$/s);
    } else if (typeof becomes === 'number') {
      expect([answer.status, received]).toEqual([becomes, []]);
    } else {
      expect(answer.status).toBe(200);
      expect(received).toEqual([expect.stringMatching(becomes)]);
    }
  });
});
