/**
 * The types of the API, declared as text: one table for OpenAPI and `kubectl explain`, for strict
 * decoding and pruning, and for the keys by which strategic merge patches merge lists.
 *
 *     Pod : A group of containers.
 *       spec PodSpec #2 : What is wanted.
 *     PodSpec : What is wanted of a pod.
 *       containers! [Container] merge=name #2 : Its containers.
 *       nodeSelector {string} #7
 *
 * A type stands at the margin, its fields are indented. `!` marks a required field, `[T]` a list,
 * `{T}` a map, `merge=` the key of a list that patches merge, `merge` alone a list of values that they
 * join, `retainKeys` a union that they replace, `#7` the field's number in protobuf, `#1.4` that of a
 * field of an embedded message which JSON does not show.
 */

export type Scalar =
  | 'string'
  | 'int'
  | 'long'
  | 'bool'
  | 'number'
  | 'quantity'
  | 'intOrString'
  | 'time'
  | 'microTime'
  | 'bytes'
  | 'any';

export type TypeExpression =
  | { readonly is: 'scalar'; readonly scalar: Scalar }
  | { readonly is: 'reference'; readonly type: string }
  | { readonly is: 'list' | 'map'; readonly of: TypeExpression };

export interface Field {
  readonly name: string;
  readonly type: TypeExpression;
  readonly isRequired: boolean;
  readonly description: string;
  /** The field by which patches find an item of this list. */
  readonly mergeKey?: string;
  /** The field's number in protobuf, with that of the embedded message before it, if there is one. */
  readonly wire: readonly number[];
  /** How a strategic merge patch treats it, if not by replacing. */
  readonly strategies: readonly ('merge' | 'retainKeys')[];
}

export interface TypeDeclaration {
  /** As in OpenAPI: `io.k8s.api.core.v1.Pod`. */
  readonly name: string;
  readonly description: string;
  readonly fields: ReadonlyMap<string, Field>;
}

const scalars: ReadonlySet<string> = new Set<Scalar>([
  'string',
  'int',
  'long',
  'bool',
  'number',
  'quantity',
  'intOrString',
  'time',
  'microTime',
  'bytes',
  'any',
]);

/** Declares the types of one package. A name without dots is a type of the same package. */
export function declareTypes(prefix: string, text: string): readonly TypeDeclaration[] {
  const types: { name: string; description: string; fields: Map<string, Field> }[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const [head, description] = splitAt(line, ' : ');
    if (!line.startsWith(' ')) {
      types.push({ name: `${prefix}.${head.trim()}`, description, fields: new Map() });
      continue;
    }
    const field = parseField(prefix, head.trim(), description);
    types.at(-1)?.fields.set(field.name, field);
  }
  return types;
}

function parseField(prefix: string, head: string, description: string): Field {
  const [name = '', type = 'any', ...marks] = head.split(/\s+/);
  const mergeKey = marks.find((mark) => mark.startsWith('merge='))?.slice('merge='.length);
  return {
    name: name.replace('!', ''),
    type: parseType(prefix, type),
    isRequired: name.endsWith('!'),
    description,
    ...(mergeKey === undefined ? {} : { mergeKey }),
    wire: (marks.find((mark) => mark.startsWith('#')) ?? '')
      .slice(1)
      .split('.')
      .filter((number) => number !== '')
      .map(Number),
    strategies: [
      ...(mergeKey !== undefined || marks.includes('merge') ? (['merge'] as const) : []),
      ...(marks.includes('retainKeys') ? (['retainKeys'] as const) : []),
    ],
  };
}

function parseType(prefix: string, text: string): TypeExpression {
  const inner = text.slice(1, -1);
  if (text.startsWith('[')) return { is: 'list', of: parseType(prefix, inner) };
  if (text.startsWith('{')) return { is: 'map', of: parseType(prefix, inner) };
  if (isScalar(text)) return { is: 'scalar', scalar: text };
  return { is: 'reference', type: qualify(prefix, text) };
}

const packages: Readonly<Record<string, string>> = {
  meta: 'io.k8s.apimachinery.pkg.apis.meta.v1',
  core: 'io.k8s.api.core.v1',
};

function qualify(prefix: string, name: string): string {
  const [first = '', second] = name.split('.');
  return second === undefined ? `${prefix}.${name}` : `${packages[first] ?? first}.${second}`;
}

function isScalar(text: string): text is Scalar {
  return scalars.has(text);
}

function splitAt(text: string, mark: string): readonly [string, string] {
  const index = text.indexOf(mark);
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index + mark.length)];
}
