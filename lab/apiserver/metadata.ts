/** Names and metadata: what the server sets, and what it refuses. */
import { randomInt, randomUUID } from 'node:crypto';
import { textAt, type ApiObject, type ObjectMeta, type OwnerReference } from './api-object.ts';
import { forbiddenField, invalidValue, required, tooLong } from './field-errors.ts';
import type { Resource } from './resource.ts';
import type { Cause } from './status.ts';
import { checkLabels, checkName, problemsOf, qualifiedNameProblems } from './validation/names.ts';

/** Timestamps of the API have no fractions. */
export function timestamp(time = new Date()): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Without vowels and what looks alike, so that no word appears. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const longestGenerated = 63 - 5;

export function generateName(prefix: string): string {
  const suffix = Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('');
  return prefix.slice(0, longestGenerated) + suffix;
}

/** The metadata of an object that is being created. */
export function metadataForCreate(
  resource: Resource,
  sent: ObjectMeta,
  namespace: string,
): ObjectMeta {
  return {
    ...kept(sent),
    name: sent.name === '' && sent.generateName ? generateName(sent.generateName) : sent.name,
    ...(resource.namespaced ? { namespace } : {}),
    uid: randomUUID(),
    creationTimestamp: timestamp(),
    ...(resource.hasGeneration ? { generation: 1 } : {}),
  };
}

/** The metadata of an object that is being changed: what only the server sets stays. */
export function metadataForUpdate(sent: ObjectMeta, old: ObjectMeta): ObjectMeta {
  const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation } = old;
  const server = {
    uid,
    creationTimestamp,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    generation,
  };
  const set = Object.entries(server).filter(([, value]) => value !== undefined);
  return {
    ...kept(sent),
    name: old.name,
    ...(old.namespace === undefined ? {} : { namespace: old.namespace }),
    ...Object.fromEntries(set),
  };
}

function kept({
  name,
  generateName,
  labels,
  annotations,
  ownerReferences,
  finalizers,
  managedFields,
}: ObjectMeta) {
  return {
    name,
    ...(generateName ? { generateName } : {}),
    ...(labels ? { labels } : {}),
    ...(annotations ? { annotations } : {}),
    ...(ownerReferences ? { ownerReferences } : {}),
    ...(finalizers ? { finalizers } : {}),
    ...(managedFields ? { managedFields } : {}),
  } satisfies ObjectMeta;
}

/** All annotations of an object together, in bytes. */
const mostAnnotationBytes = 256 * 1024;

/** What is wrong with the metadata of an object. */
export function validateMetadata(resource: Resource, { metadata }: ApiObject): readonly Cause[] {
  const { name, generateName: prefix = '', labels = {}, annotations = {} } = metadata;
  const format = resource.nameFormat ?? 'subdomain';
  return [
    // A prefix may end in a dash: a name does not.
    ...(prefix === '' ? [] : checkPrefix(prefix, format)),
    ...(name === ''
      ? [required('metadata.name', 'name or generateName is required')]
      : format === 'path'
        ? checkPathName(name)
        : checkName(name, format, 'metadata.name')),
    ...checkLabels(labels, 'metadata.labels'),
    ...checkAnnotations(annotations, 'metadata.annotations'),
    ...validateOwners(metadata.ownerReferences ?? []),
    ...(metadata.finalizers ?? []).flatMap((finalizer) =>
      checkFinalizer(finalizer, 'metadata.finalizers'),
    ),
  ];
}

function checkPrefix(
  prefix: string,
  format: NonNullable<Resource['nameFormat']>,
): readonly Cause[] {
  const name = prefix.endsWith('-') ? `${prefix.slice(0, -1)}a` : prefix;
  if (format === 'path') return [];
  return problemsOf(name, format).map((detail) =>
    invalidValue('metadata.generateName', prefix, detail),
  );
}

/** Names of roles and the like may be anything that is one segment of a path. */
function checkPathName(name: string): readonly Cause[] {
  const problems = [
    ...(name === '.' || name === '..' ? [`may not be '${name}'`] : []),
    ...['/', '%'].filter((mark) => name.includes(mark)).map((mark) => `may not contain '${mark}'`),
  ];
  return problems.map((detail) => invalidValue('metadata.name', name, detail));
}

export function checkAnnotations(
  annotations: Readonly<Record<string, string>>,
  field: string,
): readonly Cause[] {
  const entries = Object.entries(annotations);
  const bytes = entries.reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  return [
    ...entries.flatMap(([key]) =>
      qualifiedNameProblems(key.toLowerCase()).map((detail) => invalidValue(field, key, detail)),
    ),
    ...(bytes > mostAnnotationBytes ? [tooLong(field, mostAnnotationBytes)] : []),
  ];
}

function validateOwners(owners: readonly OwnerReference[]): readonly Cause[] {
  const field = 'metadata.ownerReferences';
  const controllers = owners.filter(({ controller }) => controller === true);
  return [
    ...owners.flatMap((owner) => [
      ...(['apiVersion', 'kind', 'name', 'uid'] as const)
        .filter((part) => textAt(owner, part) === '')
        .map((part) =>
          invalidValue(
            `${field}.${part}`,
            '',
            part === 'apiVersion' ? 'version must not be empty' : `${part} must not be empty`,
          ),
        ),
      ...(owner.kind === 'Event' && owner.apiVersion === 'v1'
        ? [
            invalidValue(
              field,
              'v1, Kind=Event',
              'v1, Kind=Event is disallowed from being an owner',
            ),
          ]
        : []),
    ]),
    ...controllers
      .slice(1)
      .map((second, index) =>
        invalidValue(
          field,
          [...owners],
          `Only one reference can have Controller set to true. Found "true" in references for ${controllers[index]?.kind ?? ''}/${controllers[index]?.name ?? ''} and ${second.kind}/${second.name}`,
        ),
      ),
  ];
}

const plainFinalizers = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

export function checkFinalizer(finalizer: string, field: string): readonly Cause[] {
  const problems = qualifiedNameProblems(finalizer);
  if (problems.length > 0) return problems.map((detail) => invalidValue(field, finalizer, detail));
  return finalizer.includes('/') || plainFinalizers.has(finalizer)
    ? []
    : [
        invalidValue(
          field,
          finalizer,
          'name is neither a standard finalizer name nor is it fully qualified',
        ),
      ];
}

/** What is wrong with a change of metadata. */
export function validateMetadataUpdate(now: ObjectMeta, old: ObjectMeta): readonly Cause[] {
  if (old.deletionTimestamp === undefined) return [];
  const before = new Set(old.finalizers ?? []);
  const added = (now.finalizers ?? []).filter((finalizer) => !before.has(finalizer));
  if (added.length === 0) return [];
  const list = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
  return [
    forbiddenField(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
    ),
  ];
}

/** An update must name the version it was made from, where the resource demands it. */
export function validateVersion(
  { mustBeVersioned = false }: Resource,
  resourceVersion: string | undefined,
): readonly Cause[] {
  if (resourceVersion !== undefined) {
    return /^\d+$/.test(resourceVersion)
      ? []
      : [
          invalidValue(
            'metadata.resourceVersion',
            resourceVersion,
            `strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`,
          ),
        ];
  }
  return mustBeVersioned
    ? [
        {
          reason: 'FieldValueInvalid',
          message: 'Invalid value: 0x0: must be specified for an update',
          field: 'metadata.resourceVersion',
        },
      ]
    : [];
}
