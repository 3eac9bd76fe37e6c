/** What Kubernetes fills in where a pod, or a template of pods, says nothing. */
import type { Json, JsonObject } from '../../proxies/kit/api/json.ts';
import { at, isObject, listAt, numberAt, objectAt, textAt } from './api-object.ts';

/** Completes `spec` of a pod or of a pod template. */
export function withPodDefaults(pod: JsonObject): JsonObject {
  const given = objectAt(pod, 'spec');
  const account = textAt(given, 'serviceAccountName') || textAt(given, 'serviceAccount');
  const isHostNetwork = at(given, 'hostNetwork') === true;
  const complete = (container: Json) => withContainerDefaults(container, isHostNetwork);
  return {
    ...pod,
    spec: {
      ...given,
      ...(at(given, 'volumes') === undefined
        ? {}
        : { volumes: listAt(given, 'volumes').map(withVolumeDefaults) }),
      ...(at(given, 'initContainers') === undefined
        ? {}
        : { initContainers: listAt(given, 'initContainers').map(complete) }),
      containers: listAt(given, 'containers').map(complete),
      restartPolicy: textAt(given, 'restartPolicy') || 'Always',
      terminationGracePeriodSeconds: at(given, 'terminationGracePeriodSeconds') ?? 30,
      dnsPolicy: textAt(given, 'dnsPolicy') || 'ClusterFirst',
      ...(account === '' ? {} : { serviceAccountName: account, serviceAccount: account }),
      securityContext: at(given, 'securityContext') ?? {},
      schedulerName: textAt(given, 'schedulerName') || 'default-scheduler',
    },
  };
}

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

function withContainerDefaults(container: Json, isHostNetwork: boolean): Json {
  if (!isObject(container)) return container;
  const ports = listAt(container, 'ports');
  const given = probes.filter((probe) => isObject(container[probe]));
  return {
    ...container,
    ...(ports.length === 0
      ? {}
      : { ports: ports.map((port) => withPortDefaults(port, isHostNetwork)) }),
    ...(listAt(container, 'env').length === 0
      ? {}
      : { env: listAt(container, 'env').map(withVariableDefaults) }),
    ...Object.fromEntries(
      given.map((probe) => [probe, withProbeDefaults(objectAt(container, probe))]),
    ),
    ...(isObject(container.lifecycle)
      ? { lifecycle: withLifecycleDefaults(container.lifecycle) }
      : {}),
    resources: withRequests(objectAt(container, 'resources')),
    terminationMessagePath: textAt(container, 'terminationMessagePath') || '/dev/termination-log',
    terminationMessagePolicy: textAt(container, 'terminationMessagePolicy') || 'File',
    imagePullPolicy:
      textAt(container, 'imagePullPolicy') || pullPolicyOf(textAt(container, 'image')),
  };
}

/** What is limited is asked for, unless something else is. */
function withRequests(resources: JsonObject): JsonObject {
  const limits = objectAt(resources, 'limits');
  if (Object.keys(limits).length === 0) return resources;
  return { ...resources, requests: { ...limits, ...objectAt(resources, 'requests') } };
}

function withPortDefaults(port: Json, isHostNetwork: boolean): Json {
  if (!isObject(port)) return port;
  const hostPort = at(port, 'hostPort') ?? (isHostNetwork ? at(port, 'containerPort') : undefined);
  return {
    ...port,
    ...(hostPort === undefined || hostPort === 0 ? {} : { hostPort }),
    protocol: textAt(port, 'protocol') || 'TCP',
  };
}

function withVariableDefaults(variable: Json): Json {
  const reference = at(variable, 'valueFrom', 'fieldRef');
  if (!isObject(variable) || !isObject(reference)) return variable;
  return { ...variable, valueFrom: { fieldRef: withApiVersion(reference) } };
}

function withApiVersion(reference: JsonObject): JsonObject {
  return { ...reference, apiVersion: textAt(reference, 'apiVersion') || 'v1' };
}

const probeDefaults = {
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
};

function withProbeDefaults(probe: JsonObject): JsonObject {
  const unset = Object.entries(probeDefaults).filter(([field]) => numberAt(probe, field) === 0);
  return { ...withHandlerDefaults(probe), ...Object.fromEntries(unset) };
}

function withLifecycleDefaults(lifecycle: JsonObject): JsonObject {
  const hooks = ['postStart', 'preStop'].filter((hook) => isObject(lifecycle[hook]));
  return {
    ...lifecycle,
    ...Object.fromEntries(
      hooks.map((hook) => [hook, withHandlerDefaults(objectAt(lifecycle, hook))]),
    ),
  };
}

function withHandlerDefaults(handler: JsonObject): JsonObject {
  const [request, grpc] = [at(handler, 'httpGet'), at(handler, 'grpc')];
  return {
    ...handler,
    ...(isObject(request)
      ? {
          httpGet: {
            ...request,
            path: textAt(request, 'path') || '/',
            scheme: textAt(request, 'scheme') || 'HTTP',
          },
        }
      : {}),
    ...(isObject(grpc) ? { grpc: { ...grpc, service: textAt(grpc, 'service') } } : {}),
  };
}

/** Files are readable by all, and hosts' paths may be anything. */
const volumeDefaults: Readonly<Record<string, JsonObject>> = {
  configMap: { defaultMode: 420 },
  secret: { defaultMode: 420 },
  downwardAPI: { defaultMode: 420 },
  projected: { defaultMode: 420 },
  hostPath: { type: '' },
};

function withVolumeDefaults(volume: Json): Json {
  if (!isObject(volume)) return volume;
  const sources = Object.keys(volume).filter((name) => name !== 'name');
  // A volume that says nothing of its source is an empty directory.
  if (sources.length === 0) return { ...volume, emptyDir: {} };
  const completed = sources.map((name) => [
    name,
    { ...volumeDefaults[name], ...objectAt(volume, name) },
  ]);
  return { ...volume, ...Object.fromEntries(completed) } as JsonObject;
}

/** An image without a tag, or with `latest`, is pulled anew each time. */
function pullPolicyOf(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1);
  const isMovable = !last.includes('@') && (!last.includes(':') || last.endsWith(':latest'));
  return isMovable ? 'Always' : 'IfNotPresent';
}
