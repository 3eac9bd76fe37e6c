import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../index.ts';
import { findKubectls, type KubectlBinary } from '../testing/find-kubectls.ts';
import { applies, type Group } from './command.ts';
import { play } from './play.ts';
import { createSession } from './session.ts';
import { groups } from './table.ts';

const binaries = await findKubectls();
if (binaries.length === 0 && process.env.CI)
  throw new Error('no kubectl on the PATH: a test needs it');

const running = new AsyncDisposableStack();
let directory: string;
let lab: Lab;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hop-kubectl-'));
  running.defer(() => rm(directory, { recursive: true }));
  lab = running.use(await startLab({ directory: join(directory, 'lab') }));
}, 90_000);
afterAll(() => running.disposeAsync(), 30_000);

it('has at least 80 commands', () => {
  expect(groups.flatMap(({ steps }) => steps).length).toBeGreaterThanOrEqual(80);
});

describe.each(binaries)('kubectl $version', (binary) => {
  const together = groups.filter(({ isAlone }) => isAlone !== true);
  const alone = groups.filter(({ isAlone }) => isAlone === true);

  it.concurrent.each(together)('$name', (group) => playGroup(group, binary), 180_000);
  it.each(alone)('$name', (group) => playGroup(group, binary), 180_000);
});

async function playGroup(group: Group, binary: KubectlBinary): Promise<void> {
  const namespace = `${group.name}-${binary.version.replaceAll('.', '-')}`;
  const workplace = join(directory, namespace);
  await mkdir(workplace);
  for (const [name, text] of Object.entries(group.files ?? {})) {
    await writeFile(join(workplace, name), text.replaceAll('NS', namespace));
  }
  const session = createSession({
    binary,
    kubeconfig: lab.kubeconfigPath,
    namespace,
    directory: workplace,
    cache: join(directory, `cache-${binary.version}`),
  });
  await session.run(`create namespace ${namespace}`);
  const complaints = await play(group, session);
  await session.run(`delete namespace ${namespace} --wait=false`);
  expect(complaints.join('\n')).toBe('');
  expect(group.steps.some((step) => applies(step, binary.minor))).toBe(true);
}
