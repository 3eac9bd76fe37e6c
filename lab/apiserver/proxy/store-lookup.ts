/** What the apiserver proxy looks up, in the store. */
import type {
  EndpointSubset,
  FoundNode,
  FoundPod,
  FoundService,
  Lookup,
} from '../../../proxies/apiserver-proxy/lookup.ts';
import { keyOf, objectOf, type ApiStore } from '../registry.ts';
import type { Resource } from '../resource.ts';

/** What is looked up, without the resources themselves: they have the proxy among their subresources. */
type Keyed = Pick<Resource, 'group' | 'plural' | 'namespaced'>;

const endpoints: Keyed = { group: '', plural: 'endpoints', namespaced: true };
const services: Keyed = { group: '', plural: 'services', namespaced: true };
const pods: Keyed = { group: '', plural: 'pods', namespaced: true };
const nodes: Keyed = { group: '', plural: 'nodes', namespaced: false };

/**
 * Asks the store each time, as upstream: a pod that is gone is not reached by its old address, and one
 * that was made a moment ago, through another apiserver, is found. Services are followed through their
 * Endpoints, as recorded.
 */
export function createStoreLookup(store: ApiStore): Lookup {
  const find = async <Found extends object>(resource: Keyed, namespace: string, name: string) => {
    const entry = await store.get(keyOf(resource, namespace, name));
    // Objects are validated before they are stored: their fields are what their types say.
    return entry && (objectOf(entry) as Found);
  };
  return {
    service: (namespace, name) => find<FoundService>(services, namespace, name),
    endpoints: async (namespace, name) => {
      const found = await find<FoundEndpoints>(endpoints, namespace, name);
      return found && (found.subsets ?? []);
    },
    pod: (namespace, name) => find<FoundPod>(pods, namespace, name),
    node: (name) => find<FoundNode>(nodes, '', name),
  };
}

interface FoundEndpoints {
  readonly subsets?: readonly EndpointSubset[];
}
