/** What happens to one of three apiservers while clients come and go. */
import type { BackendMachine } from '../conformance/world/world.ts';

export const scenarios = [
  {
    id: 'killed',
    title: 'killed (kill -9)',
    act: (backend: BackendMachine) => backend.kill(),
    /** What is to become of the connections that it has. */
    connections: 'end',
  },
  {
    id: 'paused',
    title: 'paused (SIGSTOP)',
    act: async (backend: BackendMachine) => backend.pause(),
    connections: 'end',
  },
  {
    id: 'cut-off',
    title: 'link blackholed',
    act: async (backend: BackendMachine) => backend.cut(),
    isInForceOnceDone: true,
    connections: 'end',
  },
  {
    id: 'not-ready',
    title: '/readyz 500',
    act: (backend: BackendMachine) => backend.setReady(false),
    connections: 'live',
  },
  {
    id: 'graceful',
    title: '/readyz 500, ended 2.5 s later',
    act: (backend: BackendMachine) => backend.setReady(false),
    /** What `--shutdown-delay-duration` of an apiserver is. */
    endsAfterMs: 2_500,
    connections: 'end',
  },
] as const satisfies readonly Scenario[];

export type ScenarioId = (typeof scenarios)[number]['id'];

export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly act: (backend: BackendMachine) => Promise<void>;
  /** It takes a while to be done. */
  readonly isInForceOnceDone?: true;
  readonly endsAfterMs?: number;
  readonly connections: 'end' | 'live';
}

/** The same for all. */
export const settings = {
  checkIntervalMs: 1_000,
  checkTimeoutMs: 500,
  rise: 2,
  fall: 2,
  dialTimeoutMs: 500,
  /** New TLS connections with one request each. */
  requestsPerSecond: 200,
  requestTimeoutMs: 3_000,
  idleWatches: 6,
  busyStreams: 6,
  /** Before it happens, and after. */
  warmUpMs: 1_500,
  observedMs: 5_000,
} as const;
