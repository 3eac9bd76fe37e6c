/** Field errors, worded as Kubernetes words them (`k8s.io/apimachinery/pkg/util/validation/field`). */
import type { Json } from './api-object.ts';
import type { Cause } from './status.ts';

export function required(field: string, detail = ''): Cause {
  return cause(
    'FieldValueRequired',
    field,
    detail === '' ? 'Required value' : `Required value: ${detail}`,
  );
}

export function invalidValue(field: string, value: Json, detail: string): Cause {
  return cause('FieldValueInvalid', field, `Invalid value: ${quoted(value)}: ${detail}`);
}

export function notSupported(field: string, value: Json, supported: readonly string[]): Cause {
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

function cause(reason: string, field: string, message: string): Cause {
  return { reason, message, field };
}

function quoted(value: Json): string {
  return JSON.stringify(value);
}
