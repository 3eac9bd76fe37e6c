/**
 * Server-side apply: who applies owns the fields of the configuration, conflicts with whoever owns them
 * with another value, and gives up what is no longer in it
 * (https://kubernetes.io/docs/reference/using-api/server-side-apply/).
 */
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { isObject, textAt, type ApiObject } from '../api-object.ts';
import { StatusError } from '../status.ts';
import { printPath, type FieldPath, type FieldSet } from './field-set.ts';
import {
  compareFields,
  isSameManager,
  readManagers,
  withFieldsOf,
  withManagers,
  withoutFields,
  type Managed,
  type Manager,
} from './managers.ts';
import { mergeApplied, removeFields } from './merge.ts';
import { fieldsOf } from './typed-value.ts';

export interface Application {
  readonly typeName: string;
  /** Absent where the object is to be created. */
  readonly live: ApiObject | undefined;
  readonly applied: ApiObject;
  readonly manager: Manager;
  readonly isForced: boolean;
}

/**
 * The object as it is to be written, with its managers.
 *
 * @throws StatusError 409 when others own a field with another value, unless forced.
 */
export function applyConfiguration(application: Application): ApiObject {
  const { typeName, live, applied, manager } = application;
  const appliedFields = new Set(fieldsOf(typeName, applied).keys());
  if (!live) return withManagers(applied, withFieldsOf([], manager, appliedFields));

  const before = fieldsOf(typeName, live);
  const known = readManagers(live);
  const earlier = known.length > 0 ? known : managersBeforeFirstApply(manager, before);
  const mine = earlier.find((one) => isSameManager(one, manager));
  const managers = withFieldsOf(earlier, manager, appliedFields);

  const merged = mergeApplied(typeName, live, applied);
  const given = mine ? givenUp(mine.fields, managers) : new Set<FieldPath>();
  const object = removeFields(typeName, merged, given);
  const { changed, removed } = compareFields(before, fieldsOf(typeName, object));
  const conflicts = findConflicts(managers, manager, changed);
  if (conflicts.length > 0 && !application.isForced && !isUpgrade(application, conflicts)) {
    throw conflictError(conflicts);
  }
  const left = withoutFields(withoutFields(managers, changed, manager), removed);
  return withManagers({ ...object, metadata: { ...live.metadata, ...metadataOf(object) } }, left);
}

function metadataOf(object: JsonObject): ApiObject['metadata'] {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  return { ...metadata, name: textAt(metadata, 'name') };
}

/** An object that nobody applied so far belongs to whoever wrote it. */
function managersBeforeFirstApply(
  { apiVersion }: Manager,
  fields: ReadonlyMap<FieldPath, string>,
): readonly Managed[] {
  const before = {
    name: 'before-first-apply',
    operation: 'Update',
    apiVersion,
    subresource: '',
  } as const;
  return withFieldsOf([], before, new Set(fields.keys()));
}

/** What was applied before, and is now owned by nobody, nor is anything in it. */
function givenUp(earlier: FieldSet, managers: readonly Managed[]): FieldSet {
  const owned = [...new Set(managers.flatMap(({ fields }) => [...fields]))];
  return new Set([...earlier].filter((path) => !owned.some((other) => other.startsWith(path))));
}

interface Conflict {
  readonly manager: Managed;
  readonly path: FieldPath;
}

function findConflicts(
  managers: readonly Managed[],
  own: Manager,
  changed: FieldSet,
): readonly Conflict[] {
  return managers
    .filter((manager) => !isSameManager(manager, own))
    .flatMap((manager) =>
      [...manager.fields.intersection(changed)].sort().map((path) => ({ manager, path })),
    );
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** `kubectl apply --server-side` takes over what `kubectl apply` has applied before. */
function isUpgrade(
  { typeName, live, manager }: Application,
  conflicts: readonly Conflict[],
): boolean {
  const text = live?.metadata.annotations?.[lastApplied];
  if (manager.name !== 'kubectl' || text === undefined) return false;
  try {
    const configuration: unknown = JSON.parse(text);
    const fields = fieldsOf(typeName, configuration as JsonObject);
    return conflicts.every(({ path }) => fields.has(path));
  } catch {
    return false;
  }
}

function conflictError(conflicts: readonly Conflict[]): StatusError {
  const causes = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${printManager(manager)}`,
    field: printPath(path),
  }));
  const [first] = causes;
  const message =
    causes.length === 1 && first
      ? `1 conflict: ${first.message}: ${first.field}`
      : `${causes.length} conflicts: ${[...Map.groupBy(causes, ({ message }) => message)]
          .map(([who, all]) =>
            [
              `${who.replace('conflict', 'conflicts')}:`,
              ...all.map(({ field }) => `- ${field}`),
            ].join('\n'),
          )
          .join('\n')}`;
  return new StatusError(409, 'Conflict', `Apply failed with ${message}`, { causes });
}

function printManager({ name, operation, apiVersion, subresource }: Managed): string {
  const quoted = JSON.stringify(name);
  const who =
    subresource === '' ? quoted : `${quoted} with subresource ${JSON.stringify(subresource)}`;
  return operation === 'Update' ? `${who} using ${apiVersion}` : who;
}
