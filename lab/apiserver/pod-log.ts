/** `pods/log`: the kubelet's, or where there are no kubelets, lines that were seeded with the pod. */
import { at, listAt, textAt, type Json } from './api-object.ts';
import type { Call } from './handlers/call.ts';
import { readInteger } from './handlers/list-options.ts';
import { kubeletLog } from './kubelet/log.ts';
import { keyOf, objectOf } from './registry.ts';
import { respondWithBytes } from './respond.ts';
import { badRequest, notFound } from './status.ts';

export async function log(call: Call): Promise<null> {
  if (call.kubelets) return kubeletLog(call, call.kubelets);
  const { resource, info, store } = call;
  const entry = await store.get(keyOf(resource, info.namespace, info.name));
  if (!entry) throw notFound(resource, info.name);
  const pod = objectOf(entry);
  const names = listAt(pod, 'spec', 'containers').map((container) => textAt(container, 'name'));
  const asked = info.query.get('container') ?? '';
  if (asked !== '' && !names.includes(asked)) {
    throw badRequest(`container ${asked} is not valid for pod ${info.name}`);
  }
  if (asked === '' && names.length > 1) {
    throw badRequest(
      `a container name must be specified for pod ${info.name}, choose one of: [${names.join(' ')}]`,
    );
  }
  const name = asked === '' ? (names[0] ?? '') : asked;
  const lines = linesOf(pod, name);
  const tail = readInteger(info.query, 'tailLines');
  const shown = info.query.has('tailLines') ? (tail === 0 ? [] : lines.slice(-tail)) : lines;
  const text = shown.map((line) => `${line}\n`).join('');
  await respondWithBytes(call, 200, Buffer.from(text), { 'Content-Type': 'text/plain' });
  return null;
}

function linesOf(pod: Json, container: string): readonly string[] {
  const status = listAt(pod, 'status', 'containerStatuses').find(
    (one) => textAt(one, 'name') === container,
  );
  const startedAt = textAt(at(status, 'state', 'running'), 'startedAt');
  if (startedAt === '') return [];
  return [
    `${startedAt} ${container} starting`,
    `${startedAt} listening on ${textAt(pod, 'status', 'podIP')}`,
    `${startedAt} ready`,
  ];
}
