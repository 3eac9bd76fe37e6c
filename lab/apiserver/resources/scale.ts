/** `scale`: how many pods a workload has, as autoscaling/v1 Scale. */
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { at, listAt, numberAt, objectAt, textAt, without, type ApiObject } from '../api-object.ts';
import { decodeObject, mediaTypeOf, readBody, readBytes } from '../body.ts';
import type { Call, Reply } from '../handlers/call.ts';
import { writeObject } from '../handlers/update.ts';
import { invalidValue } from '../field-errors.ts';
import { parsePatch, patcherOf } from '../patch/apply-patch.ts';
import { keyOf, objectOf, type ApiEntry } from '../registry.ts';
import type { Resource, Subresource } from '../resource.ts';
import { invalid, modifiedMeanwhile, notFound } from '../status.ts';

export const scaleSubresource: Subresource = {
  name: 'scale',
  kind: 'Scale',
  group: 'autoscaling',
  version: 'v1',
  verbs: ['get', 'patch', 'update'],
  connect: (call) => (call.info.verb === 'get' ? read(call) : write(call)),
};

/** Enough of a resource to decode a Scale as one. */
const scales: Resource = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  plural: 'scales',
  singular: 'scale',
  namespaced: true,
  verbs: [],
  schema: 'io.k8s.api.autoscaling.v1.Scale',
  columns: [],
};

async function read(call: Call): Promise<Reply> {
  return { status: 200, body: scaleOf(objectOf(await find(call))) };
}

const attempts = 5;

async function write(call: Call): Promise<Reply> {
  const { info, request, response, resource } = call;
  const isPatch = info.verb === 'patch';
  const apply = isPatch ? await patcherOf(mediaTypeOf(request)) : undefined;
  const sent = isPatch ? parsePatch(await readBytes(request)) : await readBody(request, scales);
  for (let attempt = 1; ; attempt += 1) {
    const entry = await find(call);
    const workload = objectOf(entry);
    const wanted = apply ? apply(scaleOf(workload), sent, scales.schema) : sent;
    const scale = decodeObject(scales, wanted, info.query, response);
    validate(scale);
    const whole = { ...call, info: { ...info, subresource: '' } };
    const reply = await writeObject(whole, entry, scaled(workload, scale));
    if (reply !== 'raced') return { ...reply, body: scaleOf(reply.body) };
    if (!isPatch || attempt === attempts) throw modifiedMeanwhile(resource, info.name);
  }
}

async function find({ resource, info, store }: Call): Promise<ApiEntry> {
  const entry = await store.get(keyOf(resource, info.namespace, info.name));
  if (!entry) throw notFound(resource, info.name);
  return entry;
}

function validate(scale: ApiObject): void {
  const replicas = numberAt(scale, 'spec', 'replicas');
  if (replicas >= 0) return;
  throw invalid(scales, scale.metadata.name, [
    invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'),
  ]);
}

/** The workload with as many pods as the Scale says, on the Scale's conditions. */
function scaled(workload: ApiObject, { metadata, ...scale }: ApiObject): ApiObject {
  const { resourceVersion, uid } = metadata;
  return {
    ...workload,
    metadata: {
      ...without(workload.metadata, 'resourceVersion', 'uid'),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(uid === undefined ? {} : { uid }),
      name: workload.metadata.name,
    },
    spec: { ...objectAt(workload, 'spec'), replicas: numberAt(scale, 'spec', 'replicas') },
  };
}

function scaleOf(workload: ApiObject): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = workload.metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    },
    spec: replicasOf(numberAt(workload, 'spec', 'replicas')),
    status: {
      replicas: numberAt(workload, 'status', 'replicas'),
      selector: selectorText(workload),
    },
  };
}

/** Go leaves out a zero here. */
function replicasOf(replicas: number): JsonObject {
  return replicas === 0 ? {} : { replicas };
}

const operators: Readonly<Record<string, (key: string, values: string) => string>> = {
  In: (key, values) => `${key} in (${values})`,
  NotIn: (key, values) => `${key} notin (${values})`,
  Exists: (key) => key,
  DoesNotExist: (key) => `!${key}`,
};

/** A selector as a query writes it. */
export function selectorText(workload: ApiObject): string {
  const selector = at(workload, 'spec', 'selector');
  const labels = Object.entries(at(selector, 'matchLabels') ?? {});
  const equal = labels.map(([key, value]) => `${key}=${String(value)}`);
  const others = listAt(selector, 'matchExpressions').map((requirement) =>
    (operators[textAt(requirement, 'operator')] ?? (() => ''))(
      textAt(requirement, 'key'),
      listAt(requirement, 'values').map(String).sort().join(','),
    ),
  );
  return [...equal, ...others].sort().join(',');
}
