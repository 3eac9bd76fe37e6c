/** The columns that many resources share. */
import type { Json } from '../../proxies/kit/api/json.ts';
import { listAt, textAt } from './api-object.ts';
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

/** A column with a cell of its own. */
export function column(
  name: string,
  description: string,
  cell: Column['cell'],
  options: { readonly priority?: number; readonly type?: Column['type'] } = {},
): Column {
  const { type = 'string', priority = 0 } = options;
  return { name, type, description, priority, cell };
}

/** A column of text read from a path; `none` stands where there is nothing. */
export function textColumn(
  name: string,
  description: string,
  path: readonly (string | number)[],
  options: { readonly none?: string; readonly priority?: number } = {},
): Column {
  const cell: Column['cell'] = (object) => textAt(object, ...path) || (options.none ?? '');
  return column(name, description, cell, options);
}

/** The columns `Containers`, `Images` and `Selector` of a workload, shown with `-o wide`. */
export const workloadColumns: readonly Column[] = [
  column('Containers', 'The containers of its pods.', (object) => joined(object, 'name'), {
    priority: 1,
  }),
  column('Images', 'The images of its pods.', (object) => joined(object, 'image'), {
    priority: 1,
  }),
  column('Selector', 'How it finds its pods.', selectorOf, { priority: 1 }),
];

/** Labels as kubectl writes them: `app=web,tier=front`. */
export function labelText(labels: Json | undefined): string {
  const text = Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(',');
  return text === '' ? '<none>' : text;
}

function joined(object: Json, field: string): string {
  return listAt(object, 'spec', 'template', 'spec', 'containers')
    .map((container) => textAt(container, field))
    .join(',');
}

function selectorOf(object: Parameters<Column['cell']>[0]): string {
  const spec = object.spec;
  const labels = spec && typeof spec === 'object' && 'selector' in spec ? spec.selector : undefined;
  return labelText(
    labels && typeof labels === 'object' && 'matchLabels' in labels
      ? labels.matchLabels
      : undefined,
  );
}
