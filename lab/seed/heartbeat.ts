/** What stirs in a quiet cluster: probes are noted on the web pods, and nodes renew their leases. */
import { at, isObject, listAt, textAt, type ApiObject } from '../apiserver/api-object.ts';
import { timestamp } from '../apiserver/metadata.ts';
import { keyOf, type ApiStore } from '../apiserver/registry.ts';
import { findResource } from '../apiserver/resource-table.ts';
import { seedNodes } from './nodes.ts';

const everyMs = 1000;

/** Starts the beat; it ends when disposed. Objects that somebody has deleted stay deleted. */
export function startHeartbeat(store: ApiStore): Disposable {
  let beat = 0;
  const timer = setInterval(() => {
    const node = seedNodes[beat % seedNodes.length];
    const pod = `web-${beat % seedNodes.length}`;
    beat += 1;
    void change(store, ['', 'pods', 'default', pod], noteProbe);
    if (node) {
      void change(store, ['coordination.k8s.io', 'leases', 'kube-node-lease', node.name], renew);
    }
  }, everyMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Writes over what is there; somebody else's write at the same moment wins. */
async function change(
  store: ApiStore,
  [group, plural, namespace, name]: readonly [string, string, string, string],
  update: (object: ApiObject) => ApiObject,
): Promise<void> {
  const resource = findResource(group, 'v1', plural);
  const entry = resource && (await store.get(keyOf(resource, namespace, name)));
  if (entry) await store.update(entry.key, update(entry.value), entry.revision);
}

function noteProbe(pod: ApiObject): ApiObject {
  const status = at(pod, 'status');
  const conditions = listAt(status, 'conditions').map((condition) =>
    isObject(condition) && textAt(condition, 'type') === 'Ready'
      ? { ...condition, lastProbeTime: timestamp() }
      : condition,
  );
  return { ...pod, status: { ...(isObject(status) ? status : {}), conditions } };
}

function renew(lease: ApiObject): ApiObject {
  const spec = at(lease, 'spec');
  const renewTime = new Date().toISOString().replace('Z', '000Z');
  return { ...lease, spec: { ...(isObject(spec) ? spec : {}), renewTime } };
}
