/** Rows of TestResourceLocation, and recorded cases of the groups 01-errors and 02-naming. */
import { describe, expect, it } from 'vitest';
import type { FoundPod } from '../lookup.ts';
import { resolve } from './resolve.ts';
import { optionsFor, podAt } from './testing/objects.ts';

async function locate(id: string, pod: FoundPod) {
  const options = optionsFor({ pods: { foo: pod } });
  const found = await resolve({ resource: 'pods', namespace: 'default', id }, options);
  return `${found.scheme}://${found.host} ${found.port}`;
}

const six = 'fd00:10:244:0:2::6b';

describe("upstream's table of pods", () => {
  it.each([
    ['foo', podAt('1.2.3.4'), 'http://1.2.3.4 80'],
    ['foo', podAt(six), `http://${six} 80`],
    ['foo:12345', podAt('1.2.3.4'), 'http://1.2.3.4 12345'],
    ['foo:12345', podAt(six), `http://${six} 12345`],
    ['foo', podAt('1.2.3.4', []), 'http://1.2.3.4 80'],
    ['foo', podAt('1.2.3.4', [9376]), 'http://1.2.3.4 9376'],
    ['foo', podAt(six, [9376]), `http://${six} 9376`],
    ['foo', podAt(['1.2.3.4', six], [9376]), 'http://1.2.3.4 9376'],
    ['foo', podAt([six, '1.2.3.4'], [9376]), `http://${six} 9376`],
    ['foo:12345', podAt('1.2.3.4', [9376]), 'http://1.2.3.4 12345'],
    ['foo', podAt('1.2.3.4', [], [9376]), 'http://1.2.3.4 9376'],
    ['foo', podAt('1.2.3.4', [9376, 1], [8080]), 'http://1.2.3.4 9376'],
    ['https:foo:', podAt('1.2.3.4'), 'https://1.2.3.4 443'],
    ['https:foo:8443', podAt('1.2.3.4', [80]), 'https://1.2.3.4 8443'],
    ['http:foo:', podAt('1.2.3.4', [80]), 'http://1.2.3.4 80'],
  ])('%s, number %#', async (id, pod, url) => {
    expect(await locate(id, pod)).toBe(url);
  });
});

describe('a pod that cannot be reached', () => {
  it.each([
    ['nosuch', 404, 'pods "nosuch" not found'],
    ['nosuch:80', 404, 'pods "nosuch" not found'],
    ['ftp:foo:80', 400, 'invalid pod request "ftp:foo:80"'],
    ['http::80', 400, 'invalid pod request "http::80"'],
  ])('%s: %i %s', async (id, code, message) => {
    await expect(locate(id, podAt('1.2.3.4', [80]))).rejects.toMatchObject({ code, message });
  });

  it.each(['127.0.0.1', '::1', '169.254.169.254', '224.0.0.1', '0.0.0.0', '127.1', 'localhost'])(
    'has an address like %s',
    async (ip) => {
      await expect(locate('foo:80', podAt(ip))).rejects.toMatchObject({
        code: 400,
        reason: 'BadRequest',
        message: 'address not allowed',
      });
    },
  );

  it('has a port that only the request names, where that is not allowed', async () => {
    const options = optionsFor(
      { pods: { foo: podAt('127.244.1.5', [80], [8080]), bare: podAt('127.244.1.6') } },
      { allowsAddress: (_, isDeclared) => isDeclared },
    );
    const find = (id: string) => resolve({ resource: 'pods', namespace: 'default', id }, options);
    for (const id of ['foo', 'foo:80', 'foo:8080']) {
      expect(await find(id)).toMatchObject({ host: '127.244.1.5' });
    }
    for (const id of ['foo:22', 'bare', 'bare:80']) {
      await expect(find(id)).rejects.toThrow('address not allowed');
    }
  });

  it('has no address', async () => {
    await expect(locate('foo', { status: {} })).rejects.toThrow('address not allowed');
  });
});

describe('the port of a pod', () => {
  it.each([
    ['080', 80],
    ['65535', 65535],
    ['0', 0],
  ])('may be %s, as the dialer reads it', async (port, number) => {
    expect(await locate(`foo:${port}`, podAt('1.2.3.4'))).toBe(`http://1.2.3.4 ${number}`);
  });

  it.each(['65536', '99999999999999999999'])('is none: %s', async (port) => {
    await expect(locate(`foo:${port}`, podAt('1.2.3.4'))).rejects.toMatchObject({
      code: 503,
      message: `error trying to reach service: dial tcp: address ${port}: invalid port`,
    });
  });

  it.each(['web', '+80', '-1', '1e3', '0x50', '８０', '80 ', '80@10.0.0.1', '80\r\nX', '8.0'])(
    'must be a number, and is not %j',
    async (port) => {
      await expect(locate(`foo:${port}`, podAt('1.2.3.4', [80]))).rejects.toMatchObject({
        code: 400,
        message: `invalid pod request ${JSON.stringify(`foo:${port}`)}: the port of a pod must be a number`,
      });
    },
  );
});
