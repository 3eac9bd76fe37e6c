import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { kubectlProxy } from '../descriptor.ts';
import { isRealCommand } from './command-process.ts';
import { compare } from './compare.ts';
import { compareDeliberate, deliberate } from './deliberate.ts';
import { writePki } from './pki.ts';
import { acceptableOutcomes, readCases, type RecordedCase } from './recorded-case.ts';
import { ReplayLanes, type Replayed } from './replay-lanes.ts';
import { shareKey } from './replay.ts';

const laneCount = 6;
vi.setConfig({ maxConcurrency: laneCount, testTimeout: 60_000 });

const listed = new Set(kubectlProxy.differences.flatMap(({ cases }) => cases));
/** Cases that share a process stand together. */
const cases = [...Map.groupBy(readCases(), (recorded) => shareKey(recorded)).values()].flat();
const isDifferent = ({ id }: RecordedCase) => listed.has(id) && !isRealCommand;

let pki: string;
let lanes: ReplayLanes;

beforeAll(async () => {
  pki = await mkdtemp(join(tmpdir(), 'hop-pki-'));
  await writePki(pki);
  lanes = new ReplayLanes(laneCount, pki);
});

afterAll(async () => {
  await lanes[Symbol.asyncDispose]();
  await rm(pki, { recursive: true, force: true });
});

/** The differences from that of the acceptable outcomes which is the closest. */
function differences(recorded: RecordedCase, { replayer, observation }: Replayed): string[] {
  const fill = (text: string) =>
    replayer.stage.fill(text, { PROXY_PORT: observation.proxyPort || '8001' });
  const all = acceptableOutcomes(recorded).map((outcome) => compare(outcome, observation, fill));
  return all.reduce((closest, next) => (next.length < closest.length ? next : closest));
}

describe('a recorded case comes out as it did with kubectl', () => {
  it.concurrent.for(cases.filter((recorded) => !isDifferent(recorded)))(
    '$id',
    async (recorded, { skip }) => {
      await lanes.use(recorded, (replayed) => {
        // Port 8001 belongs to whoever came first.
        const isTaken = replayed.observation.stderr.includes(':8001: bind: address already in use');
        skip(recorded.id === 'start-default' && isTaken, 'port 8001 is taken');
        expect(differences(recorded, replayed)).toEqual([]);
      });
    },
  );
});

describe.skipIf(isRealCommand)('a recorded case comes out otherwise, as we say', () => {
  it.concurrent.for(cases.filter(({ id }) => listed.has(id)))('$id', async (recorded) => {
    await lanes.use(recorded, (replayed) => {
      expect(differences(recorded, replayed)).not.toEqual([]);
      expect(compareDeliberate(deliberate[recorded.id] ?? {}, replayed.observation)).toEqual([]);
    });
  });
});

it('knows every case that the descriptor names, and what we do instead', () => {
  expect(Object.keys(deliberate).sort()).toEqual([...listed].sort());
  expect(new Set(cases.map(({ id }) => id))).toEqual(
    new Set([...cases.map(({ id }) => id), ...listed]),
  );
});
