import { beforeAll, describe, expect, it } from 'vitest';
import { runInNamespace, whyNoNamespace } from '../../kit/testing/in-namespace.ts';

const reason = whyNoNamespace();

describe.skipIf(reason !== null)(`flows of the kernel (${reason ?? 'to be had here'})`, () => {
  let said: unknown;
  beforeAll(async () => {
    said = await runInNamespace(new URL('testing/move-flows.ts', import.meta.url));
  });

  it('are told with where they were sent', () => {
    const toService = {
      protocol: 'UDP',
      source: '10.0.0.1:PORT',
      destination: '10.96.0.1:80',
      backend: '127.0.0.2:8080',
      isMasqueraded: false,
      servicePort: null,
    };
    const toNodePort = { ...toService, destination: '10.0.0.1:30080', isMasqueraded: true };
    const inIPv6 = {
      ...toService,
      source: '[fd00::1]:PORT',
      destination: '[fd00:96::1]:80',
      backend: '[::1]:8080',
    };
    const { told } = said as { told: readonly unknown[] };
    expect(told.slice(0, 3)).toEqual(expect.arrayContaining([toService, toNodePort, inIPv6]));
  });

  it('of UDP stay while their endpoint serves, wherever new ones go', () => {
    expect(said).toMatchObject({ whileItServes: 0, toldBeforeCleanup: 3 });
  });

  it('of UDP are begun anew once their endpoint is gone', () => {
    const { told } = said as { told: readonly unknown[] };
    expect(said).toMatchObject({ onceItIsGone: 2 });
    expect(told.slice(3)).toEqual([
      expect.objectContaining({ destination: '10.96.0.1:80', backend: '127.0.0.3:8080' }),
      expect.objectContaining({ destination: '10.0.0.1:30080', backend: '127.0.0.3:8080' }),
    ]);
  });

  it('of UDP end with the last endpoint', () => {
    expect(said).toMatchObject({ onceNoneIsLeft: 2 });
  });

  it('are not looked at when no UDP port changed', () => {
    expect(said).toMatchObject({ withoutPorts: { deleted: 0, tookMs: 0 } });
  });

  it('of TCP are left alone', () => {
    expect(said).toMatchObject({ echoed: 'still here' });
  });
});
