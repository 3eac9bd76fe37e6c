/** The sets and maps of the table, from the list that makes them. */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';
import { collectionFacts } from '../nftables/layout-facts.ts';

export const collections: z.input<typeof tableSchema> = {
  id: 'collections',
  columns: [
    { id: 'name', kind: 'code' },
    { id: 'kind', kind: 'text' },
    { id: 'key', kind: 'code' },
    { id: 'data', kind: 'code' },
    { id: 'what', kind: 'words' },
  ],
  rows: collectionFacts.map(({ name, kind, key, data = [] }) => ({
    id: name,
    cells: { name, kind, key: key.join(' . '), data: data.join(' . ') },
  })),
};
