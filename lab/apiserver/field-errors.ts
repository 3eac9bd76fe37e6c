/** Field errors, worded as Kubernetes words them (`k8s.io/apimachinery/pkg/util/validation/field`). */
import type { Json } from '../../proxies/kit/api/json.ts';
import type { Cause } from './status.ts';

export function required(field: string, detail = ''): Cause {
  return cause('FieldValueRequired', field, withDetail('Required value', detail));
}

export function invalidValue(field: string, value: Json | undefined, detail: string): Cause {
  return cause('FieldValueInvalid', field, `Invalid value: ${quoted(value)}: ${detail}`);
}

/** One error for each thing that is wrong with a value; none for none. */
export function invalidForEach(
  field: string,
  value: Json | undefined,
  details: readonly string[],
): readonly Cause[] {
  return details.map((detail) => invalidValue(field, value, detail));
}

export function notSupported(
  field: string,
  value: Json | undefined,
  supported: readonly string[],
): Cause {
  const list = supported.map((one) => `"${one}"`).join(', ');
  return cause(
    'FieldValueNotSupported',
    field,
    `Unsupported value: ${quoted(value)}: supported values: ${list}`,
  );
}

export function duplicate(field: string, value: Json): Cause {
  return cause('FieldValueDuplicate', field, `Duplicate value: ${quoted(value)}`);
}

export function forbiddenField(field: string, detail: string): Cause {
  return cause('FieldValueForbidden', field, `Forbidden: ${detail}`);
}

export function notFoundValue(field: string, value: Json): Cause {
  return cause('FieldValueNotFound', field, `Not found: ${quoted(value)}`);
}

export function tooLong(field: string, mostBytes: number): Cause {
  return cause('FieldValueTooLong', field, `Too long: may not be more than ${mostBytes} bytes`);
}

export function tooMany(field: string, count: number, most: number): Cause {
  return cause('FieldValueTooMany', field, `Too many: ${count}: must have at most ${most} items`);
}

function cause(reason: string, field: string, message: string): Cause {
  return { reason, message, field };
}

function withDetail(message: string, detail: string): string {
  return detail === '' ? message : `${message}: ${detail}`;
}

function quoted(value: Json | undefined): string {
  return value === undefined ? '"null"' : JSON.stringify(value);
}
