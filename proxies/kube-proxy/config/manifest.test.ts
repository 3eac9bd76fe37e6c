import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { parseFlags } from '../../kit/flags.ts';
import { flags } from '../facts/flags.ts';
import { configure } from './configure.ts';

interface Manifest {
  readonly kind: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: { readonly template: { readonly spec: PodSpec } };
}

interface PodSpec {
  readonly hostNetwork: boolean;
  readonly containers: readonly { readonly args: readonly string[] }[];
}

async function manifests(): Promise<readonly Manifest[]> {
  const file = new URL('../../../deploy/kube-proxy.yaml', import.meta.url);
  const documents = parseAllDocuments(await readFile(file, 'utf8'));
  return documents.map((document) => document.toJS() as Manifest);
}

it('is started, in its manifest, with flags that it has, in the node’s own network', async () => {
  const { spec } = (await manifests()).find(({ kind }) => kind === 'DaemonSet') ?? {};
  expect(spec?.template.spec.hostNetwork).toBe(true);
  const [name, ...argv] = spec?.template.spec.containers[0]?.args ?? [];
  expect(name).toBe('kube-proxy');
  const { values } = parseFlags(flags, argv);
  expect(values.config).toBe('/etc/kube-proxy/config.yaml');
  expect(values['hostname-override']).toBe('$(NODE_NAME)');
});

it('can read the configuration of its manifest', async () => {
  const { data } = (await manifests()).find(({ kind }) => kind === 'ConfigMap') ?? {};
  const directory = await mkdtemp(join(tmpdir(), 'kube-proxy-'));
  const path = join(directory, 'config.yaml');
  await writeFile(path, data?.['config.yaml'] ?? '');
  const { values, given } = parseFlags(flags, [`--config=${path}`]);
  const configuration = await configure(values, given).finally(() =>
    rm(directory, { recursive: true }),
  );
  expect(configuration).toMatchObject({ mode: 'nftables', clusterCIDR: '10.244.0.0/16' });
  expect(data).toHaveProperty(['kubeconfig.yaml']);
});
