/** What providers refuse: from the profiles whose words the provider says. */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';
import type { Cell, ProviderProfile } from '../profile.ts';
import { urlsOf } from './profile-links.ts';
import { profiles } from './profiles.ts';

/** In whose words they refuse. */
export const refusalsTable: z.input<typeof tableSchema> = {
  id: 'refusals',
  columns: [
    { id: 'provider', kind: 'text' },
    { id: 'asked', kind: 'term' },
    { id: 'outcome', kind: 'term' },
    { id: 'says', kind: 'code' },
    { id: 'source', kind: 'link' },
  ],
  rows: profiles.flatMap((profile) =>
    refusalsOf(profile).map(({ asked, outcome, says, cell }) => ({
      id: `${profile.id}-${asked}`,
      cells: {
        provider: profile.title,
        asked,
        outcome,
        says: says.map((words) => words.replaceAll(/\{\{\w+\}\}/g, '…')),
        source: urlsOf(cell.sources),
      },
    })),
  ),
};

interface RefusalRow {
  readonly asked: 'protocol' | 'mixed' | 'affinity' | 'load-balancer-ip';
  readonly outcome: 'fails' | 'fails-with-event' | 'skips' | 'skips-silently';
  readonly says: readonly string[];
  readonly cell: Cell<unknown>;
}

function refusalsOf(profile: ProviderProfile): readonly RefusalRow[] {
  const { otherProtocol, mixedRefusal, affinityRefusal, loadBalancerIPRefusal } = profile;
  return [
    ...ofPorts('protocol', otherProtocol),
    ...ofPorts('mixed', mixedRefusal),
    ...ofField('affinity', affinityRefusal),
    ...ofField('load-balancer-ip', loadBalancerIPRefusal),
  ];
}

function ofPorts(
  asked: RefusalRow['asked'],
  cell: ProviderProfile['otherProtocol'],
): readonly RefusalRow[] {
  if (!cell) return [];
  const { how, reason, message, eventMessage, internalMessage } = cell.value;
  const says = [message, internalMessage, eventMessage].filter((words) => words !== undefined);
  const fails = reason === null ? 'fails' : 'fails-with-event';
  const skips = reason === null ? 'skips-silently' : 'skips';
  return [{ asked, outcome: how === 'fails' ? fails : skips, says, cell }];
}

function ofField(asked: RefusalRow['asked'], cell: Cell<string> | null): readonly RefusalRow[] {
  return cell ? [{ asked, outcome: 'fails', says: [cell.value], cell }] : [];
}
