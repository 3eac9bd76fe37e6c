import { numberAt, textAt, type ApiObject } from '../api-object.ts';
import { column, nameColumn, textColumn } from '../columns.ts';
import { ageOf } from '../human-duration.ts';
import { invalidValue } from '../field-errors.ts';
import { allVerbs, type Resource } from '../resource.ts';
import type { Cause } from '../status.ts';
import { toCoreEvent, viewAsNamedEvents } from './event-view.ts';

const selectable = [
  'involvedObject.kind',
  'involvedObject.namespace',
  'involvedObject.name',
  'involvedObject.uid',
  'involvedObject.apiVersion',
  'involvedObject.resourceVersion',
  'involvedObject.fieldPath',
  'reason',
  'reportingComponent',
  'type',
];

const namedSelectable = [
  'reason',
  'regarding.kind',
  'regarding.namespace',
  'regarding.name',
  'regarding.uid',
  'reportingController',
  'type',
];

/** Events, as the core group has always had them. */
export const events: Resource = {
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  namespaced: true,
  verbs: allVerbs,
  shortNames: ['ev'],
  schema: 'io.k8s.api.core.v1.Event',
  selectableFields: {
    ...Object.fromEntries(
      selectable.map((field) => [field, (event: ApiObject) => textAt(event, ...field.split('.'))]),
    ),
    source: (event) => textAt(event, 'source', 'component'),
  },
  columns: [
    column('Last Seen', 'When it happened last.', (event, now) =>
      ageOf(
        textAt(event, 'lastTimestamp') ||
          textAt(event, 'firstTimestamp') ||
          textAt(event, 'eventTime'),
        now,
      ),
    ),
    textColumn('Type', 'Normal or Warning.', ['type']),
    textColumn('Reason', 'Why, in one word.', ['reason']),
    column('Object', 'What it happened to.', objectOf),
    textColumn('Subobject', 'Which part of it.', ['involvedObject', 'fieldPath'], { priority: 1 }),
    column('Source', 'Who reports it.', sourceOf, { priority: 1 }),
    textColumn('Message', 'What happened.', ['message']),
    column(
      'First Seen',
      'When it happened first.',
      (event, now) => ageOf(textAt(event, 'firstTimestamp'), now),
      {
        priority: 1,
      },
    ),
    column('Count', 'How often it happened.', (event) => String(numberAt(event, 'count') || 1), {
      priority: 1,
    }),
    { ...nameColumn, priority: 1 },
  ],
  isCreatedOnUpdate: true,
  validate: validateEvent,
};

/** The same objects as events.k8s.io has them, with its names of the fields. */
export const namedEvents: Resource = {
  ...events,
  group: 'events.k8s.io',
  schema: 'io.k8s.api.events.v1.Event',
  view: viewAsNamedEvents,
  selectableFields: Object.fromEntries(
    namedSelectable.map((field) => [field, (event) => textAt(event, ...field.split('.'))]),
  ),
  columns: events.columns.map((column) => ({
    ...column,
    cell: (event, now) => column.cell(toCoreEvent(event), now),
  })),
  validate: (event) => validateEvent(toCoreEvent(event)),
};

/** An event belongs where its object is; what has no namespace reports to `default`. */
function validateEvent(event: ApiObject): readonly Cause[] {
  const involved = textAt(event, 'involvedObject', 'namespace');
  const { namespace = '' } = event.metadata;
  const isPlaced = involved === namespace || (involved === '' && namespace === 'default');
  return isPlaced
    ? []
    : [invalidValue('involvedObject.namespace', involved, 'does not match event.namespace')];
}

function objectOf(event: ApiObject): string {
  const kind = textAt(event, 'involvedObject', 'kind').toLowerCase();
  return `${kind}/${textAt(event, 'involvedObject', 'name')}`;
}

function sourceOf(event: ApiObject): string {
  const host = textAt(event, 'source', 'host');
  return `${textAt(event, 'source', 'component')}${host === '' ? '' : `, ${host}`}`;
}
