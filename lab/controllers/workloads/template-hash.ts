/** Which ReplicaSet belongs to which pod template. */
import type { PodTemplate } from '../objects/workload.ts';

export const hashLabel = 'pod-template-hash';

/** Whether two templates make the same pods. */
export function isSameTemplate(one: PodTemplate, other: PodTemplate): boolean {
  return canonical(withoutHash(one)) === canonical(withoutHash(other));
}

/**
 * A short name for a template, from letters that spell no words.
 *
 * @param collisions how often the name was already taken by another template
 */
export function hashOf(template: PodTemplate, collisions = 0): string {
  const text = canonical(withoutHash(template)) + (collisions > 0 ? String(collisions) : '');
  const digits = Array.from(String(fnv1a(text)));
  return digits.map((digit) => alphabet[digit.charCodeAt(0) % alphabet.length]).join('');
}

/** https://github.com/kubernetes/apimachinery/blob/master/pkg/util/rand/rand.go */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

function withoutHash(template: PodTemplate): PodTemplate {
  const { metadata = {} } = template;
  const labels = Object.entries(metadata.labels ?? {}).filter(([key]) => key !== hashLabel);
  return { ...template, metadata: { ...metadata, labels: Object.fromEntries(labels) } };
}

/** JSON with its fields in one order, and without those that say nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    const said = Object.entries(inner).filter((field) => !isNothing(field));
    return Object.fromEntries(said.sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}

/**
 * Fields that are no pointers upstream: absent, they are false or 0. Clients that write protobuf send
 * them all the same, and those that write JSON leave them out.
 */
const plainFields = new Set([
  'generation',
  'hostIPC',
  'hostNetwork',
  'hostPID',
  'hostPort',
  'initialDelaySeconds',
  'readOnly',
  'stdin',
  'stdinOnce',
  'tty',
]);

function isNothing([name, value]: readonly [string, unknown]): boolean {
  if (value === null || value === undefined || value === '') return true;
  if (value === false || value === 0) return plainFields.has(name);
  return typeof value === 'object' && Object.keys(value).length === 0;
}
