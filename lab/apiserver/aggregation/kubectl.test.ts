import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base64, writeKubeconfig } from '../../kubeconfig.ts';
import { kubectl, missingKubectl } from '../../testing/kubectl.ts';
import {
  apiService,
  apiServices,
  group,
  registerService,
  root,
  startAggregatedServer,
} from '../testing/aggregated-server.ts';
import { startTestApiserver } from '../testing/test-apiserver.ts';

const stack = new AsyncDisposableStack();
let kubeconfig: string;

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'hop-aggregation-'));
  stack.defer(() => rm(directory, { recursive: true }));
  const target = stack.use(await startAggregatedServer());
  const api = stack.use(await startTestApiserver({ allowLoopbackEndpoints: true }));
  kubeconfig = join(directory, 'kubeconfig');
  const cluster = {
    server: api.server,
    'certificate-authority-data': base64(api.caPem),
  };
  await writeKubeconfig(kubeconfig, { cluster, user: { token: api.token } });
  await registerService(api, target);
  await api.send('POST', apiServices, apiService());
}, 30_000);
afterAll(() => stack.disposeAsync());

const run = async (...args: readonly string[]) => (await kubectl(kubeconfig, ...args)).stdout;

describe.skipIf(missingKubectl() !== undefined)('kubectl', () => {
  it('waits for an APIService, and shows it', async () => {
    const name = `apiservice/v1.${group}`;
    await run('wait', '--for=condition=Available', name, '--timeout=10s');
    expect(await run('get', 'apiservices')).toMatch(
      /^NAME +SERVICE +AVAILABLE +AGE\nv1\.example\.dev +default\/widgets +True +\d+s\n$/,
    );
    expect(await run('explain', 'apiservice.spec.service.port')).toContain('443 unless told');
  });

  it('finds the group, and its objects', async () => {
    expect(JSON.parse(await run('get', '--raw', root))).toMatchObject({
      kind: 'APIResourceList',
      groupVersion: `${group}/v1`,
    });
    expect(await run('api-resources', `--api-group=${group}`, '--no-headers')).toMatch(
      /^widgets +wd +example\.dev\/v1 +true +Widget\n$/,
    );
    expect(await run('api-versions')).toContain(`${group}/v1\n`);
    expect(await run('get', 'wd', '-o', 'name')).toBe('widget.example.dev/first\n');
  });
});
