/** Bounds of numbers, in Kubernetes' words. */
import type { Json } from '../../../proxies/kit/api/json.ts';
import { at } from '../api-object.ts';
import { invalidValue } from '../field-errors.ts';
import type { Cause } from '../status.ts';

export function checkNotNegative(value: Json | undefined, field: string): readonly Cause[] {
  return typeof value === 'number' && value < 0
    ? [invalidValue(field, value, 'must be greater than or equal to 0')]
    : [];
}

/** The same for several fields of an object. */
export function checkNotNegativeFields(
  object: Json | undefined,
  field: string,
  names: readonly string[],
): readonly Cause[] {
  return names.flatMap((name) => checkNotNegative(at(object, name), `${field}.${name}`));
}

export function checkBetween(
  value: Json | undefined,
  field: string,
  least: number,
  most: number,
): readonly Cause[] {
  return typeof value === 'number' && (value < least || value > most)
    ? [invalidValue(field, value, `must be between ${least} and ${most}, inclusive`)]
    : [];
}
