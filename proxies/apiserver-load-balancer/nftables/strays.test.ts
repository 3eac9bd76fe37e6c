import { beforeAll, describe, expect, it } from 'vitest';
import { runInNamespace, whyNoNamespace } from '../../kit/testing/in-namespace.ts';
import type { Family } from '../backend.ts';
import type { FollowedStray } from './testing/follow-strays.ts';

const reason = whyNoNamespace();

describe.skipIf(reason !== null)(`a segment astray (${reason ?? 'in namespaces'})`, () => {
  let followed: Readonly<Record<Family, FollowedStray>>;
  beforeAll(async () => {
    const script = new URL('testing/follow-strays.ts', import.meta.url);
    followed = (await runInNamespace(script)) as typeof followed;
  }, 60_000);

  it.each(['IPv4', 'IPv6'] as const)(
    'of a connection that the kernel has forgotten is answered with a reset, and reaches no backend: %s',
    (family) => {
      expect(followed[family].forgotten).toEqual({ end: 'ECONNRESET', reached: 0 });
    },
  );

  it.each(['IPv4', 'IPv6'] as const)(
    'that is no part of the connection it names has no answer, and ends nothing: %s',
    (family) => {
      expect(followed[family].invalid).toEqual({
        sent: [true, true],
        resets: [0, 0],
        reached: 0,
        alive: 'alive',
      });
    },
  );
});
