/** Which pods stand behind which Service, and when that may have changed. */
import { keyOf } from '../../../proxies/kit/api/watch-cache.ts';
import { pods as podKind, services as serviceKind } from '../objects/collections.ts';
import type { Labels } from '../objects/meta.ts';
import type { Pod } from '../objects/pod.ts';
import { matchesLabels } from '../objects/selector.ts';
import type { Service } from '../objects/service.ts';
import type { Cluster } from '../work/cluster.ts';
import { lookUp } from '../work/lookup.ts';

export interface ServicePods extends Disposable {
  podsOf(service: Service): readonly Pod[];
  /** Keys of the Services that select a pod. */
  servicesOf(pod: Pod): readonly string[];
  onNode(name: string): readonly Pod[];
}

/** @param onService called with a Service's key when it or its pods changed */
export function followServicePods(cluster: Cluster, onService: (key: string) => void): ServicePods {
  const pods = cluster.follow(podKind);
  const services = cluster.follow(serviceKind);
  // Found by any one of its labels: then the rest is compared.
  const podsByLabel = lookUp(pods, ({ metadata }) =>
    labelKeys(metadata.namespace, metadata.labels),
  );
  const servicesByLabel = lookUp(services, ({ metadata, spec }) =>
    labelKeys(metadata.namespace, spec.selector).slice(0, 1),
  );
  const podsByNode = lookUp(pods, ({ spec }) => [spec.nodeName ?? '']);

  const servicesOf = ({ metadata }: Pod): readonly string[] =>
    labelKeys(metadata.namespace, metadata.labels)
      .flatMap((key) => servicesByLabel.get(key))
      .filter(({ spec }) => matchesLabels(spec.selector ?? {}, metadata.labels))
      .map(keyOf);

  const listening = new DisposableStack();
  listening.use(services.onChange(({ object }) => onService(keyOf(object))));
  listening.use(
    pods.onChange((change) => {
      const keys = new Set(servicesOf(change.object));
      if (change.type === 'changed') servicesOf(change.previous).forEach((key) => keys.add(key));
      keys.forEach(onService);
    }),
  );
  return {
    podsOf: ({ metadata, spec }) => {
      const [first] = labelKeys(metadata.namespace, spec.selector);
      if (first === undefined) return [];
      return podsByLabel
        .get(first)
        .filter((pod) => matchesLabels(spec.selector ?? {}, pod.metadata.labels));
    },
    servicesOf,
    onNode: (name) => podsByNode.get(name),
    [Symbol.dispose]: () => listening.dispose(),
  };
}

function labelKeys(namespace = '', labels: Labels = {}): readonly string[] {
  return Object.entries(labels).map(([key, value]) => `${namespace} ${key}=${value}`);
}
