/** For tests: a mode whose dataplanes remember what they are told, and fail when they are told to. */
import type { Dataplane, DataplaneChange, ForwardedFlow } from '../dataplane.ts';
import type { UdpPort } from '../endpoints/service-changes.ts';
import type { ModeDataplaneOptions, ProxyMode } from '../modes/mode.ts';
import type { Family, ServicePortState } from '../service-port.ts';

export interface FakeDataplane extends Dataplane {
  readonly options: ModeDataplaneOptions;
  /** Its ports as they are wanted, by key. */
  readonly ports: ReadonlyMap<string, ServicePortState>;
  readonly changes: readonly DataplaneChange[];
  readonly isClosed: boolean;
  readonly distrusted: number;
  /** The next syncs fail with these words, until it is null. */
  failure: string | null;
  /** What the next syncs say that they could not remove. */
  cleanupError: string | null;
  drift(who: string): void;
  flow(flow: ForwardedFlow): void;
  readonly flowListeners: number;
}

export interface FakeMode extends ProxyMode {
  /** All that were made, in their order. */
  readonly dataplanes: readonly FakeDataplane[];
  /** The UDP ports of each cleanup that had any; it says that it deleted two entries, in 3 ms. */
  readonly udpCleanups: readonly (readonly UdpPort[])[];
  /** The last of a family. */
  of(family: Family): FakeDataplane;
}

export function createFakeMode(name: ProxyMode['name'] = 'nftables'): FakeMode {
  const dataplanes: FakeDataplane[] = [];
  const of = (family: Family) => {
    const found = dataplanes.findLast((one) => one.family === family);
    if (!found) throw new Error(`no dataplane of ${family} was made`);
    return found;
  };
  const udpCleanups: (readonly UdpPort[])[] = [];
  return {
    name,
    dataplanes,
    udpCleanups,
    of,
    createDataplane: (options) => {
      const dataplane = createFakeDataplane(name, options);
      dataplanes.push(dataplane);
      return Promise.resolve(dataplane);
    },
    describe: (family, ports) =>
      Promise.resolve(ports.map(({ key }) => (of(family).ports.has(key) ? key : `no ${key}`))),
    cleanUpUdp: ({ ports }) => {
      if (ports.length > 0) udpCleanups.push(ports);
      return Promise.resolve({ deleted: 2, tookMs: 3 });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function createFakeDataplane(
  mode: ProxyMode['name'],
  options: ModeDataplaneOptions,
): FakeDataplane {
  const ports = new Map<string, ServicePortState>();
  const changes: DataplaneChange[] = [];
  const driftListeners = new Set<(who: string) => void>();
  const flowListeners = new Set<(flow: ForwardedFlow) => void>();
  let isClosed = false;
  let distrusted = 0;
  let isFull = true;
  const dataplane: FakeDataplane = {
    mode,
    family: options.family,
    options,
    ports,
    changes,
    failure: null,
    cleanupError: null,
    get isClosed() {
      return isClosed;
    },
    get distrusted() {
      return distrusted;
    },
    get flowListeners() {
      return flowListeners.size;
    },
    sync: (change) => {
      changes.push(change);
      for (const port of change.changed) ports.set(port.key, port);
      for (const key of change.removed) ports.delete(key);
      const kind = isFull ? 'full' : 'partial';
      isFull = dataplane.failure !== null;
      if (dataplane.failure !== null) return Promise.reject(new Error(dataplane.failure));
      const operations = change.changed.length + change.removed.length;
      const { cleanupError } = dataplane;
      const problem = cleanupError === null ? {} : { cleanupError };
      return Promise.resolve({ kind, operations, tookMs: 1, ...problem });
    },
    distrust: () => {
      distrusted += 1;
      isFull = true;
    },
    onDrift: (listener) => listen(driftListeners, listener),
    onFlow: (listener) => ({ ...listen(flowListeners, listener), ready: Promise.resolve() }),
    drift: (who) => {
      isFull = true;
      for (const listener of driftListeners) listener(who);
    },
    flow: (flow) => {
      for (const listener of flowListeners) listener(flow);
    },
    [Symbol.asyncDispose]: () => {
      isClosed = true;
      return Promise.resolve();
    },
  };
  return dataplane;
}

function listen<Listener>(listeners: Set<Listener>, listener: Listener): Disposable {
  listeners.add(listener);
  return { [Symbol.dispose]: () => listeners.delete(listener) };
}
