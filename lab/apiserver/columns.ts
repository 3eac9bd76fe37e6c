/** The columns that many resources share. */
import { textAt } from './api-object.ts';
import { ageOf } from './human-duration.ts';
import type { Column } from './resource.ts';

export const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'The name of the object, unique in its namespace.',
  cell: (object) => object.metadata.name,
};

export const ageColumn: Column = {
  name: 'Age',
  type: 'string',
  description: 'How long ago the object was created.',
  cell: (object, now) => ageOf(object.metadata.creationTimestamp, now),
};

/** A column of text read from a path; `none` stands where there is nothing. */
export function textColumn(
  name: string,
  description: string,
  path: readonly (string | number)[],
  options: { readonly none?: string; readonly priority?: number } = {},
): Column {
  return column(
    name,
    description,
    (object) => textAt(object, ...path) || (options.none ?? ''),
    options,
  );
}

/** A column with a cell of its own. */
export function column(
  name: string,
  description: string,
  cell: Column['cell'],
  options: { readonly priority?: number; readonly type?: Column['type'] } = {},
): Column {
  return {
    name,
    type: options.type ?? 'string',
    description,
    priority: options.priority ?? 0,
    cell,
  };
}
