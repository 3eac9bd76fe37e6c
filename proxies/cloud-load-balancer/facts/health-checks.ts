/** How providers ask nodes for their health: from the profiles that the provider asks by. */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';
import { linksOf } from './profile-links.ts';
import { profiles } from './profiles.ts';

/** How they ask the nodes for their health: only those that do. */
export const healthChecks: z.input<typeof tableSchema> = {
  id: 'health-checks',
  columns: [
    { id: 'provider', kind: 'text' },
    { id: 'asks', kind: 'term' },
    { id: 'interval', kind: 'text' },
    { id: 'timeout', kind: 'text' },
    { id: 'healthy', kind: 'text' },
    { id: 'unhealthy', kind: 'text' },
    { id: 'source', kind: 'link' },
  ],
  note: {
    without: profiles
      .filter(({ healthCheck }) => healthCheck.value === null)
      .map(({ title }) => title),
  },
  rows: profiles.flatMap((profile) => {
    const check = profile.healthCheck.value;
    if (check === null) return [];
    const cells = {
      provider: profile.title,
      asks: check.asks,
      interval: `${check.intervalSeconds} s`,
      timeout: `${check.timeoutSeconds} s`,
      healthy: check.healthyThreshold,
      unhealthy: check.unhealthyThreshold,
      source: linksOf(profile, 'healthCheck'),
    };
    return [{ id: profile.id, cells }];
  }),
};
