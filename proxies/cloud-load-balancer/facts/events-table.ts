/** The events of a Service of type LoadBalancer: from the list that the controller writes them by. */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';
import { events } from './events.ts';

export const eventsTable: z.input<typeof tableSchema> = {
  id: 'events',
  columns: [
    { id: 'type', kind: 'code' },
    { id: 'reason', kind: 'code' },
    { id: 'message', kind: 'code' },
    { id: 'when', kind: 'words' },
  ],
  rows: Object.entries(events).map(([name, { type, reason, message }]) => ({
    id: kebab(name),
    cells: { type, reason, message: message.replaceAll(/\{\{\w+\}\}/g, '…') },
  })),
};

/** @example kebab('syncFailed') // 'sync-failed' */
function kebab(name: string): string {
  return name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}
