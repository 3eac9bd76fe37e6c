/** Takes a subject through a case: what is expected of each flow, and what became of it. */
import type { DataplaneChange, DataplaneOptions } from '../../dataplane.ts';
import type { EndpointSlice, Service } from '../../endpoints/api-objects.ts';
import { createServiceTracker } from '../../endpoints/service-tracker.ts';
import { nodeIPs, nodeName } from '../cases/addresses.ts';
import type { ConformanceCase, Flow, Observed, Outcome } from '../cases/case.ts';
import { twinOf } from '../cases/ipv6.ts';

/** Something that a case can be tried on: a dataplane, and a way to see what it does. */
export interface Subject {
  open(one: ConformanceCase, options: SubjectOptions): Promise<void>;
  sync(change: DataplaneChange): Promise<void>;
  look(flow: Flow): Promise<Observed>;
  close(): Promise<void>;
}

export type SubjectOptions = Omit<DataplaneOptions, 'log'>;

export interface Walked {
  /** `step: flow` */
  readonly name: string;
  readonly flow: Flow;
  readonly expected: Outcome;
  readonly observed: Observed;
}

export async function walkCase(one: ConformanceCase, subject: Subject): Promise<readonly Walked[]> {
  const { family, settings, steps } = one;
  const tracker = createServiceTracker({ nodeName, families: [family], log: () => undefined });
  tracker.nodeChanged(settings.nodeLabels);
  const services = follow<Service>((object, key) => tracker.serviceChanged(object, key));
  const slices = follow<EndpointSlice>((object, key) => tracker.sliceChanged(object, key));
  const walked: Walked[] = [];
  await subject.open(one, optionsOf(one));
  try {
    for (const step of steps) {
      services(step.services);
      slices(step.slices);
      const { changed, removed } = tracker.takeChanges(family);
      await subject.sync({ changed, removed, serviceCIDRs: settings.serviceCIDRs });
      for (const flow of step.flows) {
        const observed = await subject.look(flow);
        const name = `${step.name}: ${flow.name}`;
        walked.push({
          name,
          flow,
          expected: inOrder(flow.expect),
          observed: seenAs(flow, observed),
        });
      }
    }
  } finally {
    await subject.close();
  }
  return walked;
}

function optionsOf({ family, settings }: ConformanceCase): SubjectOptions {
  const own = family === 'IPv4' ? nodeIPs : nodeIPs.map(twinOf);
  const { podCIDRs, nodePortIPs, masqueradeAll, moreNodeIPs } = settings;
  const nodeAddresses = { nodeIPs: [...own, ...moreNodeIPs], nodePortIPs };
  return { family, podCIDRs, ...nodeAddresses, masqueradeBit: 14, masqueradeAll };
}

/** Tells what is new or other than before, and what is gone. */
function follow<T extends Service | EndpointSlice>(tell: (object: T | null, key: string) => void) {
  let known = new Map<string, T>();
  return (objects: readonly T[]) => {
    const now = new Map(objects.map((object) => [keyOf(object), object]));
    for (const key of known.keys()) if (!now.has(key)) tell(null, key);
    for (const [key, object] of now) if (known.get(key) !== object) tell(object, key);
    known = now;
  };
}

function keyOf({ metadata }: Service | EndpointSlice): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Of several that a client may stay with, one is as good as another. */
function seenAs({ expect }: Flow, observed: Observed): Observed {
  if (expect.is !== 'sticky' || observed.is !== 'forwarded') return inOrder(observed);
  const [one = '', ...more] = observed.backends;
  const { isMasqueraded } = observed;
  const isOne = more.length === 0 && expect.backends.includes(one);
  return inOrder(isOne ? { ...expect, isMasqueraded } : observed);
}

function inOrder<T extends Observed>(outcome: T): T {
  return 'backends' in outcome ? { ...outcome, backends: outcome.backends.toSorted() } : outcome;
}
