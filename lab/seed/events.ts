/** What happened to pods that are young enough for it to be remembered: events last an hour. */
import { listAt, textAt, type ApiObject, type Json } from '../apiserver/api-object.ts';
import { seedObject, type SeedObject } from './objects.ts';

const rememberedMs = 60 * 60_000;

export function eventObjects(pods: readonly ApiObject[], now: Date): readonly SeedObject[] {
  return pods
    .filter(
      (pod) => now.getTime() - Date.parse(pod.metadata.creationTimestamp ?? '') < rememberedMs,
    )
    .flatMap(eventsOf);
}

function eventsOf(pod: ApiObject): readonly SeedObject[] {
  const { name, namespace = '' } = pod.metadata;
  const node = textAt(pod, 'spec', 'nodeName');
  const container = textAt(listAt(pod, 'spec', 'containers')[0], 'name');
  const image = textAt(listAt(pod, 'spec', 'containers')[0], 'image');
  const path = `spec.containers{${container}}`;
  const happened = [
    ['Scheduled', `Successfully assigned ${namespace}/${name} to ${node}`, 'default-scheduler', ''],
    ['Pulled', `Container image "${image}" already present on machine`, 'kubelet', path],
    ['Created', `Created container: ${container}`, 'kubelet', path],
    ['Started', `Started container ${container}`, 'kubelet', path],
  ] as const;
  return happened.map(([reason, message, component, fieldPath], index) =>
    eventObject(pod, index, { reason, message, component, fieldPath, node }),
  );
}

interface Happening {
  readonly reason: string;
  readonly message: string;
  readonly component: string;
  readonly fieldPath: string;
  readonly node: string;
}

function eventObject(pod: ApiObject, index: number, happening: Happening): SeedObject {
  const { reason, message, component, fieldPath, node } = happening;
  const { name, namespace = '', uid = '', creationTimestamp: time = '' } = pod.metadata;
  const suffix = (BigInt(Date.parse(time)) * 1_000_000n + BigInt(index)).toString(16);
  const source: Json = component === 'kubelet' ? { component, host: node } : { component };
  return seedObject(
    '',
    'events',
    { name: `${name}.${suffix}`, namespace, createdAt: time },
    {
      involvedObject: {
        kind: 'Pod',
        namespace,
        name,
        uid,
        apiVersion: 'v1',
        ...(fieldPath === '' ? {} : { fieldPath }),
      },
      reason,
      message,
      source,
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
      type: 'Normal',
      eventTime: null,
      reportingComponent: component,
      reportingInstance: component === 'kubelet' ? node : '',
    },
  );
}
