import type { Json } from '../../../proxies/kit/api/json.ts';
import { listAt } from '../api-object.ts';
import { StatusError } from '../status.ts';

/** Whether a write is only to be tried: `dryRun=All`, in the query or in the options of the body. */
export function isDryRun(query: URLSearchParams, options: Json = null): boolean {
  const asked = [...query.getAll('dryRun'), ...listAt(options, 'dryRun').map(String)].filter(
    (value) => value !== '',
  );
  const unknown = asked.find((value) => value !== 'All');
  if (unknown !== undefined) {
    const message = `dryRun: Unsupported value: "${unknown}": supported values: "All"`;
    throw new StatusError(422, 'Invalid', ` "" is invalid: ${message}`, {
      causes: [{ reason: 'FieldValueNotSupported', message, field: 'dryRun' }],
    });
  }
  return asked.length > 0;
}
