/** The world as a case finds it: somebody balances, and a client knows where. */
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { callsTo } from '../../../kit/testing/calls.ts';
import type { WantedBackend } from '../../backend.ts';
import {
  expectedOf,
  type ConformanceCase,
  type Listed,
  type Observed,
  type Subject,
} from '../cases/case.ts';
import { balancerMethods, type AgentOptions, type BalancerAgent } from './balancer-methods.ts';
import { ask, type Asked, type Held, type Target } from './client.ts';
import {
  apiserverPort,
  backendAt,
  backendNumbers,
  places,
  serverName,
  type BackendNumber,
} from './places.ts';
import type { BackendMachine, World } from './world.ts';

export interface Stage {
  readonly subject: Subject;
  readonly expected: Observed;
  readonly backends: World['backends'];
  readonly target: Target;
  readonly targetIPv6: Target;
  readonly balancer: Pick<BalancerAgent, 'connections' | 'counts'>;
  readonly hasBalancer: boolean;
  readonly backend: (name: string) => BackendMachine;
  readonly setBackends: (backends: readonly Listed[]) => Promise<void>;
  /** Until the checks say so; at once where there are none. */
  readonly untilKnown: (number: BackendNumber, condition: 'ready' | 'not ready') => Promise<void>;
  /** So many new connections, one after the other, and how many each backend got: `backend-1 ×3, failed ×1`. */
  readonly shares: (count: number) => Promise<string>;
  /** So many at once, and how many were answered: `answered ×4, failed ×2`. */
  readonly areAnswered: (count: number) => Promise<string>;
  /** Whom new connections reach: `backend-1, backend-2`, or why none: `failed`. Asks until it is what is expected there. */
  readonly whoAnswers: (key: string) => Promise<Observed>;
  /** `lives`, or how it ended: `reset`, `end`, `silent`. */
  readonly watchIs: (key: string, held: Held) => Promise<Observed>;
  /** How it ends; `lives` where it does not. */
  readonly endOf: (key: string, held: Held) => Promise<Observed>;
  readonly until: (what: string, isSo: () => Promise<boolean> | boolean) => Promise<void>;
}

/** Where the balancer runs, of which there is one at a time. */
export interface Theatre {
  readonly world: World;
  play(one: ConformanceCase, subject: Subject): Promise<Observed>;
}

/** What is expected is waited for; what is not expected, a little. */
const patience = { longMs: 15_000, shortMs: 1_500, turnMs: 10 } as const;

export async function openTheatre(world: World): Promise<Theatre> {
  const agent = await startBalancerProcess(world);
  const playOnce = async (one: ConformanceCase, subject: Subject): Promise<Observed> => {
    await Promise.all(world.backends.map((backend) => backend.restore()));
    await one.prepare?.({ backends: world.backends });
    try {
      if (subject !== 'none') await agent.start(subject, agentOptions(world, one));
      const stage = openStage(world, agent, one, subject);
      await stage.setBackends(one.backends ?? backendNumbers);
      const ready = one.readyAtStart ?? (one.backends ?? backendNumbers).map(numberOf);
      await Promise.all(ready.map((number) => stage.untilKnown(number, 'ready')));
      return await one.act(stage);
    } finally {
      await agent.stop();
    }
  };
  return {
    world,
    play: async (one, subject) => {
      const expected = expectedOf(one, subject);
      for (let tries = one.triesAgain ?? 0; ; tries--) {
        try {
          const observed = await playOnce(one, subject);
          if (tries <= 0 || isDeepStrictEqual(observed, expected)) return observed;
        } catch (error) {
          if (tries <= 0) throw error;
        }
      }
    },
  };
}

/** Ready to start whoever is to balance. */
export async function startBalancerProcess(world: World): Promise<BalancerCalls> {
  const child = world.startInBalancer(new URL('balancer-main.ts', import.meta.url));
  await once(child, 'message');
  return callsTo<BalancerAgent>(child, balancerMethods);
}

export type BalancerCalls = BalancerAgent;

/** What cases do not say otherwise. */
export function agentOptions(
  { authority }: World,
  { options }: Pick<ConformanceCase, 'options'>,
): AgentOptions {
  return {
    listen: [
      { host: '0.0.0.0', port: apiserverPort },
      { host: '::', port: apiserverPort },
    ],
    balance: 'round-robin',
    dialTimeoutMs: 1_000,
    keepAliveMs: 30_000,
    idleTimeoutMs: 0,
    maxConnectionAgeMs: 0,
    proxyProtocol: 'off',
    whenNoneReady: 'try-all',
    drainTimeoutMs: 0,
    ...options,
    check: {
      path: '/readyz',
      intervalMs: 200,
      timeoutMs: 1_000,
      rise: 1,
      fall: 2,
      caPem: authority.certificatePem,
      serverName,
      ...options?.check,
    },
  };
}

function openStage(
  world: World,
  agent: BalancerCalls,
  one: ConformanceCase,
  subject: Subject,
): Stage {
  const { backends, authority, client } = world;
  const expected = expectedOf(one, subject);
  const at = subject === 'none' ? places['backend-1'] : places.balancer;
  const target = (host: string): Target => ({
    ...{ host, port: apiserverPort, authorityPem: authority.certificatePem, client },
  });
  const stage: Stage = {
    subject,
    expected,
    backends,
    target: target(at.addresses[one.clientFamily ?? one.backendFamily ?? 'IPv4']),
    targetIPv6: target(at.addresses.IPv6),
    balancer: agent,
    hasBalancer: subject !== 'none',
    backend: (name) => {
      const found = backends.find((backend) => backend.name === name);
      if (found === undefined) throw new Error(`Nobody is ${name}.`);
      return found;
    },
    setBackends: async (list) => {
      if (subject !== 'none') {
        await agent.setBackends(list.map((listed) => wantedBackend(listed, one.backendFamily)));
      }
    },
    untilKnown: async (number, condition) => {
      const { name } = backendAt(number, one.backendFamily);
      if (subject === 'none') return;
      await stage.until(`${name} is known to be ${condition}`, async () => {
        const conditions = await agent.conditions();
        if (conditions === null) return true;
        return (conditions[name] === 'ready') === (condition === 'ready');
      });
    },
    shares: async (count) => {
      const names: string[] = [];
      for (let index = 0; index < count; index++) {
        names.push(nameOf(await ask(stage.target)));
      }
      return countsOf(names);
    },
    areAnswered: async (count) => {
      // Whoever is not to be answered waits shorter.
      const isToFail = Object.values(expected).some((text) => text.includes('failed'));
      const timeoutMs = isToFail ? 2_000 : 30_000;
      const all = Array.from({ length: count }, () => ask(stage.target, { timeoutMs }));
      return countsOf((await Promise.all(all)).map(({ is }) => is));
    },
    whoAnswers: async (key) => {
      const started = performance.now();
      for (;;) {
        const six = Array.from({ length: 6 }, () => ask(stage.target, { timeoutMs: 3_000 }));
        const seen = [...new Set((await Promise.all(six)).map(nameOf))].toSorted().join(', ');
        const isOver = performance.now() - started > patience.longMs;
        if (seen === expected[key] || isOver) return { [key]: seen };
      }
    },
    watchIs: async (key, held) => {
      const before = held.received();
      const started = performance.now();
      const waitMs = expected[key] === 'silent' ? patience.shortMs : patience.longMs;
      await stage.backend(held.backend).tick();
      while (performance.now() - started < waitMs) {
        if (held.end() !== null) return { [key]: endWord(held.end()) };
        if (held.received() > before) return { [key]: 'lives' };
        await wait(patience.turnMs);
      }
      return { [key]: 'silent' };
    },
    endOf: async (key, held) => {
      const waitMs = expected[key] === 'lives' ? patience.shortMs : patience.longMs;
      const end = await Promise.race([held.ended, wait(waitMs, null)]);
      return { [key]: end === null ? 'lives' : endWord(end) };
    },
    until: async (what, isSo) => {
      const started = performance.now();
      while (!(await isSo())) {
        if (performance.now() - started > patience.longMs) {
          const said = subject === 'none' ? [] : await agent.said();
          throw new Error(`Waited in vain until ${what}. ${said.slice(-20).join('\n')}`);
        }
        await wait(patience.turnMs);
      }
    },
  };
  return stage;
}

export function wantedBackend(listed: Listed, family?: 'IPv6'): WantedBackend {
  const isDraining = typeof listed === 'object';
  return { ...backendAt(numberOf(listed), family), isDraining };
}

function numberOf(listed: Listed): BackendNumber {
  return typeof listed === 'object' ? listed.number : listed;
}

/** @example countsOf(['b', 'a', 'b']) // 'a ×1, b ×2' */
export function countsOf(words: readonly string[]): string {
  return [...Map.groupBy(words.toSorted(), (word) => word)]
    .map(([word, all]) => `${word} ×${all.length}`)
    .join(', ');
}

function nameOf(asked: Asked): string {
  return asked.is === 'answered' ? asked.who.name : 'failed';
}

function endWord(end: string | null): string {
  return end === 'ECONNRESET' || end === 'EPIPE' ? 'reset' : (end ?? 'lives');
}
