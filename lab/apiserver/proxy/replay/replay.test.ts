import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { apiserverProxy } from '../../../../proxies/apiserver-proxy/descriptor.ts';
import {
  readCases,
  readUpgrades,
} from '../../../../proxies/apiserver-proxy/recorded/recorded-case.ts';
import { frugalEnvironment } from '../../../machines/frugal.ts';
import { compareCase, compareUpgrade } from './compare.ts';
import { compareDeliberate, deliberate } from './deliberate.ts';
import type { Observation } from './play.ts';

const run = promisify(execFile);
const main = fileURLToPath(new URL('main.ts', import.meta.url));
const inNamespace = ['--user', '--map-root-user', '--net'];

/** Why the recorded addresses cannot be given to anybody here. In CI they must. */
const lack = await run('unshare', [...inNamespace, 'ip', 'link', 'set', 'lo', 'up']).then(
  () => null,
  (error: unknown) => {
    if (process.env.CI) throw error;
    return `no network namespace of our own: ${String(error)}`;
  },
);

const listed = new Set<string>(apiserverProxy.differences.flatMap(({ cases }) => cases));
const cases = [
  ...readCases().map((recorded) => ({
    id: recorded.id,
    compare: (observation: Observation) => compareCase(recorded, observation),
  })),
  ...readUpgrades().map((recorded) => ({
    id: recorded.id,
    compare: (observation: Observation) => compareUpgrade(recorded, observation),
  })),
];

describe('the recorded cases, played against the lab’s apiserver', () => {
  if (lack !== null) {
    it('are not played', ({ skip }) => skip(lack));
    return;
  }

  const observations = new Map<string, Observation>();
  beforeAll(async () => {
    const env = { ...process.env, ...frugalEnvironment };
    const { stdout } = await run('unshare', [...inNamespace, process.execPath, main], {
      env,
      maxBuffer: 16 * 1024 * 1024,
    });
    for (const line of stdout.trimEnd().split('\n')) {
      // Written by `main.ts`.
      const observation = JSON.parse(line) as Observation;
      observations.set(observation.id, observation);
    }
  }, 60_000);

  const observed = (id: string): Observation => {
    const observation = observations.get(id);
    if (!observation) throw new Error(`${id} was not played`);
    return observation;
  };

  it.each(cases.filter(({ id }) => !listed.has(id)))('come out as recorded: $id', (recorded) => {
    expect(recorded.compare(observed(recorded.id))).toEqual([]);
  });

  it.each(cases.filter(({ id }) => listed.has(id)))('come out as we say: $id', (recorded) => {
    const observation = observed(recorded.id);
    expect(recorded.compare(observation)).not.toEqual([]);
    const outcome = deliberate[recorded.id];
    if (!outcome) throw new Error('nothing says what comes instead');
    expect(compareDeliberate(outcome, observation)).toEqual([]);
  });

  it('are all those that the descriptor names', () => {
    const ids = cases.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([...listed]));
    expect(Object.keys(deliberate).sort()).toEqual([...listed].sort());
    expect(new Set(ids).size).toBe(180);
  });
});
