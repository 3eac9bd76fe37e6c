/** `--enable-admission-plugins=ServiceAccount`: the account a pod runs as, and its token in the pod's files. */
import type { Json, JsonObject } from '../../proxies/kit/api/json.ts';
import { at, isObject, listAt, objectAt, textAt, type ApiObject } from './api-object.ts';
import type { Call } from './handlers/call.ts';
import { generateName } from './metadata.ts';
import { keyOf } from './registry.ts';
import { forbidden } from './status.ts';

const accounts = { group: '', plural: 'serviceaccounts', namespaced: true } as const;
const volumePrefix = 'kube-api-access-';
const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Completes a pod that is created, as upstream's plugin does.
 *
 * @throws StatusError 403 where the account is not there.
 */
export async function admitServiceAccount(call: Call, pod: ApiObject): Promise<ApiObject> {
  const { resource, info, settings, store } = call;
  if (settings.disabledAdmissionPlugins.has('ServiceAccount')) return pod;
  const name = textAt(pod, 'spec', 'serviceAccountName') || 'default';
  const account = await store.get(keyOf(accounts, info.namespace, name));
  if (!account) {
    const why = `error looking up service account ${info.namespace}/${name}: serviceaccount "${name}" not found`;
    throw forbidden(why, resource, pod.metadata.name);
  }
  const wish =
    at(pod, 'spec', 'automountServiceAccountToken') ??
    at(account.value, 'automountServiceAccountToken');
  const spec = wish === false ? objectAt(pod, 'spec') : withToken(objectAt(pod, 'spec'));
  const pullSecrets = listAt(account.value, 'imagePullSecrets');
  const inherits = pullSecrets.length > 0 && listAt(spec, 'imagePullSecrets').length === 0;
  return { ...pod, spec: { ...spec, ...(inherits ? { imagePullSecrets: pullSecrets } : {}) } };
}

/** With a mount of the token in each container that has nothing there yet. */
function withToken(spec: JsonObject): JsonObject {
  const volumes = listAt(spec, 'volumes');
  const known = volumes.find((volume) => textAt(volume, 'name').startsWith(volumePrefix));
  const name = known ? textAt(known, 'name') : generateName(volumePrefix);
  const mount = { name, readOnly: true, mountPath };
  const lists = (['initContainers', 'containers'] as const).filter((list) => at(spec, list));
  const containers = lists.flatMap((list) => listAt(spec, list));
  const isMissing = !known && containers.some(lacksToken);
  const withMount = (container: Json): Json =>
    isObject(container) && lacksToken(container)
      ? { ...container, volumeMounts: [...listAt(container, 'volumeMounts'), mount] }
      : container;
  return {
    ...spec,
    ...Object.fromEntries(lists.map((list) => [list, listAt(spec, list).map(withMount)])),
    ...(isMissing ? { volumes: [...volumes, tokenVolume(name)] } : {}),
  };
}

function lacksToken(container: Json): boolean {
  return !listAt(container, 'volumeMounts').some((one) => textAt(one, 'mountPath') === mountPath);
}

/** Upstream: `TokenVolumeSource`. The hour, and a little for those who renew late. */
function tokenVolume(name: string): JsonObject {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [
              {
                path: 'namespace',
                fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' },
              },
            ],
          },
        },
      ],
      defaultMode: 420,
    },
  };
}
