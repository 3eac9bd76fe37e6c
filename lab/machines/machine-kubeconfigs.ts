/** The kubeconfigs of the machines that are clients of the apiservers: JSON, which is YAML too. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StateDirectory } from '../state-directory.ts';
import type { MachinePlan } from '../topology.ts';

export interface MachineKubeconfigOptions {
  readonly state: StateDirectory;
  readonly server: string;
  readonly machines: readonly MachinePlan[];
}

/** All kube-proxies are one user, `system:kube-proxy`, and have one kubeconfig, as kubeadm does it. */
export const kubeProxyUser = 'kube-proxy';

/** Writes one for each node, for their kube-proxies, for the controllers and for the cloud. */
export async function writeMachineKubeconfigs(options: MachineKubeconfigOptions): Promise<void> {
  const { server, machines } = options;
  const { pki, passing } = options.state;
  await mkdir(passing.kubeconfigs, { recursive: true, mode: 0o700 });
  const read = (name: string) => readFile(join(pki, name), 'base64');
  const clients = machines
    .filter(({ role }) => role === 'node' || role === 'controllers' || role === 'cloud')
    .map(({ name }) => name);
  await Promise.all(
    [...clients, kubeProxyUser].map(async (name) => {
      const [ca, certificate, key] = await Promise.all(
        ['ca.crt', `${name}.crt`, `${name}.key`].map(read),
      );
      const config = {
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'hop', cluster: { server, 'certificate-authority-data': ca } }],
        users: [{ name, user: { 'client-certificate-data': certificate, 'client-key-data': key } }],
        contexts: [{ name: 'hop', context: { cluster: 'hop', user: name } }],
        'current-context': 'hop',
      };
      await writeFile(join(passing.kubeconfigs, name), JSON.stringify(config), { mode: 0o600 });
    }),
  );
}
