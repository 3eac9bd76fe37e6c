/** Names and metadata: what the server sets, and what it refuses. */
import { randomInt, randomUUID } from 'node:crypto';
import type { ApiObject, ObjectMeta } from './api-object.ts';
import { invalidValue, required } from './field-errors.ts';
import type { Resource } from './resource.ts';
import type { Cause } from './status.ts';

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
}: ObjectMeta) {
  return {
    name,
    ...(generateName ? { generateName } : {}),
    ...(labels ? { labels } : {}),
    ...(annotations ? { annotations } : {}),
    ...(ownerReferences ? { ownerReferences } : {}),
    ...(finalizers ? { finalizers } : {}),
  } satisfies ObjectMeta;
}

interface Format {
  readonly pattern: RegExp;
  readonly longest: number;
  readonly detail: string;
}

const formats: Readonly<Record<NonNullable<Resource['nameFormat']>, Format>> = {
  subdomain: {
    pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    longest: 253,
    detail:
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  },
  label: {
    pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    longest: 63,
    detail:
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
  },
  label1035: {
    pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
    longest: 63,
    detail:
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
  },
};

const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const labelDetail =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** Whether a text is a name of this format; absent: what is wrong. */
export function checkName(
  text: string,
  format: NonNullable<Resource['nameFormat']>,
  field: string,
): readonly Cause[] {
  const { pattern, longest, detail } = formats[format];
  return [
    ...(text.length > longest
      ? [invalidValue(field, text, `must be no more than ${longest} characters`)]
      : []),
    ...(pattern.test(text) ? [] : [invalidValue(field, text, detail)]),
  ];
}

/** What is wrong with the metadata of an object. */
export function validateMetadata(resource: Resource, { metadata }: ApiObject): readonly Cause[] {
  const labels = Object.entries(metadata.labels ?? {}).filter(
    ([, value]) => value.length > 63 || !labelValue.test(value),
  );
  return [
    ...(metadata.name === ''
      ? [required('metadata.name', 'name or generateName is required')]
      : checkName(metadata.name, resource.nameFormat ?? 'subdomain', 'metadata.name')),
    ...labels.map(([, value]) => invalidValue('metadata.labels', value, labelDetail)),
  ];
}
