/** Limits and requests of containers. */
import type { Json } from '../../../proxies/kit/api/json.ts';
import { objectAt, textAt } from '../api-object.ts';
import { invalidValue } from '../field-errors.ts';
import type { Cause } from '../status.ts';
import { qualifiedNameProblems } from './names.ts';
import { parseQuantity } from './quantities.ts';

export function validateResources(container: Json, field: string): readonly Cause[] {
  const limits = objectAt(container, 'resources', 'limits');
  const requests = objectAt(container, 'resources', 'requests');
  return [
    ...Object.keys(limits).flatMap((name) =>
      validateAmount(name, textAt(limits, name), `${field}.resources.limits[${name}]`),
    ),
    ...Object.keys(requests).flatMap((name) => [
      ...validateAmount(name, textAt(requests, name), `${field}.resources.requests[${name}]`),
      ...validateUnder(name, textAt(requests, name), textAt(limits, name), field),
    ]),
  ];
}

const standard = /^(cpu|memory|ephemeral-storage|hugepages-.+)$/;

function validateAmount(name: string, amount: string, field: string): readonly Cause[] {
  const isNegative = (parseQuantity(amount)?.nano ?? 0n) < 0n;
  const problems = qualifiedNameProblems(name);
  return [
    ...problems.map((detail) => invalidValue(field, name, detail)),
    ...(problems.length === 0 && !name.includes('/') && !standard.test(name)
      ? [invalidValue(field, name, 'must be a standard resource for containers')]
      : []),
    ...(isNegative ? [invalidValue(field, amount, 'must be greater than or equal to 0')] : []),
  ];
}

function validateUnder(
  name: string,
  request: string,
  limit: string,
  field: string,
): readonly Cause[] {
  const [asked, most] = [parseQuantity(request), parseQuantity(limit)];
  if (!asked || !most || asked.nano <= most.nano) return [];
  return [
    invalidValue(
      `${field}.resources.requests`,
      request,
      `must be less than or equal to ${name} limit of ${limit}`,
    ),
  ];
}
