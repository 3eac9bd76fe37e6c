/** What Kubernetes fills in where a pod, or a template of pods, says nothing. */
import { at, isObject, listAt, textAt, type Json, type JsonObject } from './api-object.ts';

/** Completes `spec` of a pod or of a pod template. */
export function withPodDefaults(pod: JsonObject): JsonObject {
  const spec = at(pod, 'spec');
  const given = isObject(spec) ? spec : {};
  const account = textAt(given, 'serviceAccountName') || textAt(given, 'serviceAccount');
  return {
    ...pod,
    spec: {
      ...given,
      ...(at(given, 'initContainers') === undefined
        ? {}
        : { initContainers: listAt(given, 'initContainers').map(withContainerDefaults) }),
      containers: listAt(given, 'containers').map(withContainerDefaults),
      restartPolicy: textAt(given, 'restartPolicy') || 'Always',
      terminationGracePeriodSeconds: at(given, 'terminationGracePeriodSeconds') ?? 30,
      dnsPolicy: textAt(given, 'dnsPolicy') || 'ClusterFirst',
      ...(account === '' ? {} : { serviceAccountName: account, serviceAccount: account }),
      securityContext: at(given, 'securityContext') ?? {},
      schedulerName: textAt(given, 'schedulerName') || 'default-scheduler',
    },
  };
}

function withContainerDefaults(container: Json): Json {
  if (!isObject(container)) return container;
  const ports = listAt(container, 'ports');
  return {
    ...container,
    ...(ports.length === 0 ? {} : { ports: ports.map(withProtocol) }),
    resources: at(container, 'resources') ?? {},
    terminationMessagePath: textAt(container, 'terminationMessagePath') || '/dev/termination-log',
    terminationMessagePolicy: textAt(container, 'terminationMessagePolicy') || 'File',
    imagePullPolicy:
      textAt(container, 'imagePullPolicy') || pullPolicyOf(textAt(container, 'image')),
  };
}

function withProtocol(port: Json): Json {
  return isObject(port) ? { ...port, protocol: textAt(port, 'protocol') || 'TCP' } : port;
}

/** An image without a tag, or with `latest`, is pulled anew each time. */
function pullPolicyOf(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1);
  const isMovable = !last.includes('@') && (!last.includes(':') || last.endsWith(':latest'));
  return isMovable ? 'Always' : 'IfNotPresent';
}
