/** The apiservers that a cluster names itself: the EndpointSlices of `default/kubernetes`. */
import { isatty } from 'node:tty';
import type { KubeObject } from '../../kit/api/api-client.ts';
import { startInformer } from '../../kit/api/informer.ts';
import { createUpstreamClient } from '../../kit/api/upstream-client.ts';
import { createUpstream } from '../../kit/kubeconfig/upstream.ts';
import type { Source } from '../config/configuration.ts';
import type { BackendEntry } from './entry.ts';
import type { RunningSource, SourceOptions } from './start-source.ts';

interface EndpointSlice extends KubeObject {
  readonly addressType: string;
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
  }[];
  readonly ports?: readonly { readonly name?: string; readonly port?: number }[];
}

const path = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
const labelSelector = 'kubernetes.io/service-name=kubernetes';
const families = ['IPv4', 'IPv6'];

/**
 * Its client may come through this very load balancer: it does not wait for an answer, and until there is one the
 * seeds are the list.
 */
export async function followEndpointSlices(
  { seeds, cluster }: Extract<Source, { readonly kind: 'endpoint-slices' }>,
  { list, reloads, say, withHint, terminal }: SourceOptions,
): Promise<RunningSource> {
  if (seeds.length > 0) await list.replace(seeds);
  await using starting = new AsyncDisposableStack();
  const log = (text: string) => say('W', text);
  const upstream = createUpstream(cluster, {
    env: terminal.env,
    isTerminal: isatty(0),
    log: (line) => void terminal.stderr.write(`${line}\n`),
  });
  const client = starting.use(createUpstreamClient(upstream, { userAgent: 'hop-apiserver-lb' }));
  const informer = starting.use(
    startInformer<EndpointSlice>(client, { path, labelSelector, log: onceEach(log) }),
  );

  const take = async () => {
    const entries = informer.list().flatMap(entriesOf);
    try {
      if (entries.length === 0) throw new Error('The cluster names no apiservers');
      const { changes } = list;
      await list.replace(entries, false);
      reloads.add('success');
      if (list.changes === changes) return;
      const names = list.backends.map(({ name }) => name).join(', ');
      say('I', `The cluster’s apiservers are ${names}`);
    } catch (error) {
      reloads.add('failure');
      const kept = list.backends.map(({ name }) => name).join(', ') || 'nobody';
      say('W', `${withHint(error)}. The list before stays: ${kept}`);
    }
  };
  let isDue = false;
  let last = Promise.resolve();
  /** A list tells many changes at once. */
  const changed = () => {
    if (isDue) return;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      last = last.then(take);
    });
  };
  starting.use(informer.onChange(changed));
  // An empty list changes nothing, and must be told all the same.
  void informer.synced.then(changed);
  const owned = starting.move();
  return {
    reload: () => void list.refresh(),
    [Symbol.asyncDispose]: async () => {
      await owned.disposeAsync();
      await last;
    },
  };
}

/** An endpoint that is not ready keeps what it has. */
function entriesOf(slice: EndpointSlice): readonly BackendEntry[] {
  if (!families.includes(slice.addressType)) return [];
  const port = slice.ports?.find(({ name }) => name === 'https')?.port;
  if (port === undefined) return [];
  const place = `EndpointSlice default/${slice.metadata.name}`;
  return (slice.endpoints ?? []).flatMap(({ addresses, conditions }) => {
    const [host] = addresses;
    return host === undefined
      ? []
      : [{ host, port, isDraining: conditions?.ready === false, place }];
  });
}

/** While nobody answers, it says the same again and again. */
function onceEach(log: (text: string) => void): (text: string) => void {
  let before = '';
  return (text) => {
    if (text !== before) log(text);
    before = text;
  };
}
