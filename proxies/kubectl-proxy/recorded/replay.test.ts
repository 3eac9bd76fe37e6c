import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { compare } from './compare.ts';
import { writePki } from './pki.ts';
import { acceptableOutcomes, readCases } from './recorded-case.ts';
import { ReplayLanes } from './replay-lanes.ts';

const laneCount = 6;
vi.setConfig({ maxConcurrency: laneCount, testTimeout: 60_000 });

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

describe.concurrent('a recorded case comes out as it did with kubectl', () => {
  it.for(readCases())('$id', async (recorded) => {
    const [closest = []] = await lanes.use(recorded, async ({ replayer, observation }) =>
      acceptableOutcomes(recorded)
        .map((outcome) =>
          compare(outcome, observation, (text) =>
            replayer.stage.fill(text, { PROXY_PORT: observation.proxyPort }),
          ),
        )
        .sort((a, b) => a.length - b.length),
    );
    expect(closest).toEqual([]);
  });
});
