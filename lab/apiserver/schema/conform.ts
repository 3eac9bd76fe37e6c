/** Decoding as Go decodes: fields of the wrong type are refused, unknown ones dropped and reported. */
import type { Json, JsonObject } from '../../../proxies/kit/api/json.ts';
import { isList, isObject } from '../api-object.ts';
import type { Scalar, TypeExpression } from './declare.ts';
import { canonicalQuantity, parseQuantity, quantityDetail } from '../validation/quantities.ts';
import { typeNamed } from './types.ts';

/** So many unknown fields are complained of, as upstream does. */
const mostComplaints = 100;

export interface Conformed {
  readonly object: JsonObject;
  /** What strict decoding complains of, as `unknown field "spec.foo"`. */
  readonly complaints: readonly string[];
  /** A value of the wrong type, in the words of Go's JSON decoder. */
  readonly mismatch?: string;
}

/** Reads an object as a type: without nulls and unknown fields. */
export function conform(typeName: string, object: JsonObject): Conformed {
  const complaints: string[] = [];
  const mismatches: string[] = [];

  const readStruct = (name: string, value: Json, path: string, goPath: string): Json => {
    if (!isObject(value)) return mismatch(value, goPath, name, shortName(name));
    const { fields } = typeNamed(name);
    const known = Object.entries(value).flatMap(([key, inner]) => {
      const field = fields.get(key);
      const here = path === '' ? key : `${path}.${key}`;
      if (!field && complaints.length < mostComplaints) {
        complaints.push(`unknown field "${here}"`);
      }
      if (!field || inner === undefined || inner === null) return [];
      const goHere = goPath === '' ? key : `${goPath}.${key}`;
      return [[key, read(field.type, inner, here, goHere, shortName(name))] as const];
    });
    return Object.fromEntries(known);
  };

  const read = (
    type: TypeExpression,
    value: Json,
    path: string,
    goPath: string,
    owner: string,
  ): Json => {
    switch (type.is) {
      case 'reference':
        return readStruct(type.type, value, path, goPath);
      case 'list':
        if (!isList(value)) return mismatch(value, goPath, owner, `[]${goType(type.of)}`);
        return value.map((item, index) => read(type.of, item, `${path}[${index}]`, goPath, owner));
      case 'map':
        if (!isObject(value))
          return mismatch(value, goPath, owner, `map[string]${goType(type.of)}`);
        return Object.fromEntries(
          Object.entries(value).flatMap(([key, item]) =>
            item === undefined || item === null
              ? []
              : [[key, read(type.of, item, `${path}.${key}`, goPath, owner)] as const],
          ),
        );
      case 'scalar':
        if (scalars[type.scalar].isOne(value)) return normalize(type.scalar, value);
        return type.scalar === 'quantity'
          ? complain(quantityDetail)
          : mismatch(value, goPath, owner, scalars[type.scalar].go);
    }
  };

  const complain = (detail: string): Json => {
    mismatches.push(detail);
    return null;
  };

  const mismatch = (value: Json, goPath: string, owner: string, goType: string): Json => {
    return complain(
      `json: cannot unmarshal ${jsonKind(value)} into Go struct field ${shortName(owner)}.${goPath} of type ${goType}`,
    );
  };

  const read0 = readStruct(typeName, object, '', '');
  const [first] = mismatches;
  return {
    object: isObject(read0) ? read0 : {},
    complaints,
    ...(first === undefined ? {} : { mismatch: first }),
  };
}

const isText = (value: Json) => typeof value === 'string';
const isTime = (value: Json) => typeof value === 'string' && !Number.isNaN(Date.parse(value));
const isInteger = (value: Json) => typeof value === 'number' && Number.isInteger(value);
const isInt32 = (value: Json) => isInteger(value) && value === (Number(value) | 0);
const isQuantity = (value: Json) =>
  (typeof value === 'number' || typeof value === 'string') &&
  parseQuantity(String(value)) !== undefined;

const scalars: Readonly<Record<Scalar, { readonly go: string; isOne(value: Json): boolean }>> = {
  string: { go: 'string', isOne: isText },
  int: { go: 'int32', isOne: isInt32 },
  long: { go: 'int64', isOne: isInteger },
  bool: { go: 'bool', isOne: (value) => typeof value === 'boolean' },
  number: { go: 'float64', isOne: (value) => typeof value === 'number' },
  quantity: { go: 'resource.Quantity', isOne: isQuantity },
  intOrString: { go: 'intstr.IntOrString', isOne: (value) => isText(value) || isInt32(value) },
  time: { go: 'v1.Time', isOne: isTime },
  microTime: { go: 'v1.MicroTime', isOne: isTime },
  bytes: { go: '[]uint8', isOne: isText },
  any: { go: 'interface {}', isOne: () => true },
};

function normalize(scalar: Scalar, value: Json): Json {
  const isAmount = typeof value === 'string' || typeof value === 'number';
  return scalar === 'quantity' && isAmount ? canonicalQuantity(String(value)) : value;
}

function goType(type: TypeExpression): string {
  switch (type.is) {
    case 'reference':
      return `v1.${shortName(type.type)}`;
    case 'list':
      return `[]${goType(type.of)}`;
    case 'map':
      return `map[string]${goType(type.of)}`;
    case 'scalar':
      return scalars[type.scalar].go;
  }
}

function jsonKind(value: Json): string {
  if (isList(value)) return 'array';
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

function shortName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
