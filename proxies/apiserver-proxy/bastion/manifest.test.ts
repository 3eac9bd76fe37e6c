import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { parseFlags, splitValues } from '../../kit/flags.ts';
import { apiserverProxy } from '../descriptor.ts';

/** What the container of the manifest is started with. */
async function manifestFlags() {
  const file = new URL('../../../deploy/apiserver-proxy.yaml', import.meta.url);
  const found = parseAllDocuments(await readFile(file, 'utf8'))
    .map((document) => document.toJS() as unknown)
    .find((object) => (object as Deployment).kind === 'Deployment') as Deployment;
  const [name, ...argv] = found.spec.template.spec.containers[0]?.args ?? [];
  expect(name).toBe(apiserverProxy.id);
  return parseFlags(apiserverProxy.flags, argv).values;
}

interface Deployment {
  readonly kind: string;
  readonly spec: { readonly template: { readonly spec: PodSpec } };
}

interface PodSpec {
  readonly containers: readonly { readonly args: readonly string[] }[];
}

it('looks for kubelets by their addresses first: names of nodes seldom resolve in a pod', async () => {
  const types = (await manifestFlags())['kubelet-preferred-address-types'];
  expect(splitValues(types)).toEqual(['InternalIP', 'ExternalIP', 'Hostname']);
});
