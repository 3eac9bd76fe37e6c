import { expect, it } from 'vitest';
import { runInNamespace, whyNoNamespace } from '../../kit/testing/in-namespace.ts';
import type { NamespaceReport } from './testing/namespace-main.ts';

it.skipIf(whyNoNamespace() !== null)(
  'gives the machine the addresses that it does not have, as long as they are needed',
  async () => {
    const main = new URL('testing/namespace-main.ts', import.meta.url);
    const seen: NamespaceReport = {
      served: 'hello',
      otherPort: 'ECONNREFUSED',
      routes: [1, 0, 0],
      leftover: false,
    };
    expect(await runInNamespace(main)).toEqual({ IPv4: seen, IPv6: seen });
  },
  60_000,
);
