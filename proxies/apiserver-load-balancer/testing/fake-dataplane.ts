/** For tests: a dataplane that remembers what it is told, and fails or waits when it is told to. */
import type { Dataplane, DataplaneOptions, ForwardingPlan } from '../dataplane.ts';

export interface FakeDataplane {
  readonly create: (options: DataplaneOptions) => Promise<Dataplane>;
  /** What it was started with. */
  readonly options: DataplaneOptions;
  /** The plans that it was given, also those that failed. */
  readonly plans: readonly ForwardingPlan[];
  /** Who gets new connections. */
  readonly eligible: readonly string[];
  /** The names of all whose connections it has reset, in order. */
  readonly resets: readonly string[];
  /** How many connections each has. */
  readonly active: Map<string, number>;
  /** The plans that come from now on fail with these words, until it is null. */
  failure: string | null;
  /** The plans that come from now on wait for it, until it is null. */
  gate: Promise<void> | null;
  /** Its end never comes. */
  isEndless: boolean;
  readonly isClosed: boolean;
}

/**
 * @param onApplied is called when a plan holds, or has failed.
 * @param onPlan is called when a plan comes.
 */
export function createFakeDataplane(
  onApplied: () => void = () => undefined,
  onPlan: (plan: ForwardingPlan) => void = () => undefined,
): FakeDataplane {
  const plans: ForwardingPlan[] = [];
  const resets: string[] = [];
  const active = new Map<string, number>();
  let options: DataplaneOptions | null = null;
  let eligible: readonly string[] = [];
  let isBusy = false;
  let isClosed = false;

  const apply = async (plan: ForwardingPlan) => {
    if (isBusy) throw new Error('told two plans at once');
    isBusy = true;
    const { failure, gate } = fake;
    plans.push(plan);
    onPlan(plan);
    await gate;
    await Promise.resolve();
    isBusy = false;
    try {
      if (failure !== null) throw new Error(failure);
      eligible = plan.eligible.map(({ name }) => name);
      for (const { name } of plan.reset) {
        resets.push(name);
        active.delete(name);
      }
    } finally {
      onApplied();
    }
  };
  const nothing = { accepted: 0, refused: 0, retried: 0, reset: 0, sentBytes: 0, receivedBytes: 0 };
  const fake: FakeDataplane = {
    create: async (given) => {
      options = given;
      return {
        kind: 'userspace',
        addresses: given.listen.map(({ host, port }) => `${host}:${port}`),
        apply,
        connections: async () => [],
        counts: async () => ({ ...nothing, active: new Map(active) }),
        onConnection: () => ({ ready: Promise.resolve(), [Symbol.dispose]: () => undefined }),
        [Symbol.asyncDispose]: async () => {
          if (fake.isEndless) await new Promise(() => undefined);
          isClosed = true;
        },
      };
    },
    get options() {
      if (options === null) throw new Error('not started');
      return options;
    },
    plans,
    get eligible() {
      return eligible;
    },
    resets,
    active,
    failure: null,
    gate: null,
    isEndless: false,
    get isClosed() {
      return isClosed;
    },
  };
  return fake;
}
