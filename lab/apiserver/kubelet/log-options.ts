/** Whether the query of `pods/log` makes sense: upstream's ValidatePodLogOptions. */
import { invalid, type Cause } from '../status.ts';

const kind = { group: '', kind: 'PodLogOptions' };
const rules = [
  { field: 'tailLines', least: 0, message: 'must be greater than or equal to 0' },
  { field: 'limitBytes', least: 1, message: 'must be greater than 0' },
  { field: 'sinceSeconds', least: 1, message: 'must be greater than 0' },
];

/** @throws StatusError 422 */
export function checkLogOptions(query: URLSearchParams, podName: string): void {
  const causes: Cause[] = rules.flatMap(({ field, least, message }) => {
    const text = query.get(field);
    if (text === null || text === '') return [];
    const value = Number(text);
    if (Number.isInteger(value) && value >= least) return [];
    return [{ reason: 'FieldValueInvalid', message: `Invalid value: ${text}: ${message}`, field }];
  });
  if (query.has('sinceSeconds') && query.has('sinceTime')) {
    const message = 'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified';
    causes.push({ reason: 'FieldValueForbidden', message, field: '' });
  }
  if (causes.length > 0) throw invalid(kind, podName, causes);
}
