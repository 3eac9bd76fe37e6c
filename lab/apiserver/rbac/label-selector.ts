/** `metav1.LabelSelector`: all its requirements must hold. */
import { at, listAt, textAt, type Json } from '../api-object.ts';

export function matchesLabelSelector(
  selector: Json,
  labels: Readonly<Record<string, string>>,
): boolean {
  const isEqual = Object.entries(at(selector, 'matchLabels') ?? {}).every(
    ([key, value]) => labels[key] === value,
  );
  return isEqual && listAt(selector, 'matchExpressions').every((one) => holds(one, labels));
}

function holds(requirement: Json, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[textAt(requirement, 'key')];
  const values = listAt(requirement, 'values');
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
