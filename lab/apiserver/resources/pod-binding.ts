/** `binding`: the scheduler puts a pod on a node. */
import { at, isObject, listAt, textAt, type ApiObject } from '../api-object.ts';
import { decodeObject, readBody } from '../body.ts';
import { required, notSupported } from '../field-errors.ts';
import type { Call, Reply } from '../handlers/call.ts';
import { isDryRun } from '../handlers/dry-run.ts';
import { timestamp } from '../metadata.ts';
import { keyOf, objectOf, toStored } from '../registry.ts';
import type { Resource, Subresource } from '../resource.ts';
import { conflict, invalid, notFound } from '../status.ts';

export const bindingSubresource: Subresource = {
  name: 'binding',
  kind: 'Binding',
  verbs: ['create'],
  connect: bind,
};

/** The way in which pods were bound before there was the subresource: the body names the pod. */
export const bindings: Resource = {
  group: '',
  version: 'v1',
  kind: 'Binding',
  plural: 'bindings',
  singular: 'binding',
  namespaced: true,
  verbs: ['create'],
  schema: 'io.k8s.api.core.v1.Binding',
  columns: [],
  connect: bind,
};

const pods = { group: '', plural: 'pods', namespaced: true } as const;

async function bind(call: Call): Promise<Reply> {
  const { info, request, response, store } = call;
  const sent = await readBody(request, bindings);
  const binding = decodeObject(bindings, sent, info.query, response);
  const name = info.name || binding.metadata.name;
  validate(binding, name);
  const node = textAt(binding, 'target', 'name');
  for (;;) {
    const entry = await store.get(keyOf(pods, info.namespace, name));
    if (!entry) throw notFound(pods, name);
    checkUnbound(objectOf(entry));
    if (isDryRun(info.query)) break;
    const stored = toStored(bound(entry.value, binding, node));
    const written = await store.update(entry.key, stored, entry.revision);
    if (written.result === 'written') break;
  }
  return {
    status: 201,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
  };
}

function validate(binding: ApiObject, name: string): void {
  const kind = textAt(binding, 'target', 'kind');
  const causes = [
    ...(kind === '' || kind === 'Node'
      ? []
      : [notSupported('target.kind', kind, ['Node', '<empty>'])]),
    ...(textAt(binding, 'target', 'name') === '' ? [required('target.name')] : []),
  ];
  if (causes.length > 0) throw invalid(bindings, name, causes);
}

/** Who comes second learns that somebody else was faster. */
function checkUnbound(pod: ApiObject): void {
  const { name, deletionTimestamp } = pod.metadata;
  const refuse = (cause: string) => conflict({ group: '', plural: 'pods/binding' }, name, cause);
  if (deletionTimestamp) {
    throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  }
  const node = textAt(pod, 'spec', 'nodeName');
  if (node !== '') throw refuse(`pod ${name} is already assigned to node "${node}"`);
}

function bound(pod: ApiObject, binding: ApiObject, nodeName: string): ApiObject {
  const [spec, status] = [at(pod, 'spec'), at(pod, 'status')];
  const condition = {
    type: 'PodScheduled',
    status: 'True',
    lastTransitionTime: timestamp(),
  };
  const others = listAt(status, 'conditions').filter(
    (one) => textAt(one, 'type') !== condition.type,
  );
  const annotations = { ...pod.metadata.annotations, ...binding.metadata.annotations };
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations },
    spec: { ...(isObject(spec) ? spec : {}), nodeName },
    status: { ...(isObject(status) ? status : {}), conditions: [...others, condition] },
  };
}
