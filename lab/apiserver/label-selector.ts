/** `metav1.LabelSelector`: all its requirements must hold; an empty one takes all. */
import type { Json } from '../../proxies/kit/api/json.ts';
import { at, listAt, textAt } from './api-object.ts';

export function matchesLabelSelector(
  selector: Json,
  labels: Readonly<Record<string, unknown>>,
): boolean {
  // Objects have keys that nobody gave them.
  const own = new Map(Object.entries(labels));
  const isEqual = Object.entries(at(selector, 'matchLabels') ?? {}).every(
    ([key, value]) => own.get(key) === value,
  );
  return isEqual && listAt(selector, 'matchExpressions').every((one) => holds(one, own));
}

function holds(requirement: Json, labels: ReadonlyMap<string, unknown>): boolean {
  const value = labels.get(textAt(requirement, 'key'));
  const values: readonly unknown[] = listAt(requirement, 'values');
  switch (textAt(requirement, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
