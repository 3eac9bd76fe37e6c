/** Who a kubeconfig of the lab speaks for: its administrator, by a client certificate. */
import { readFile } from 'node:fs/promises';
import type { ApiConnection } from './api/api-client.ts';
import { parseKubeconfig } from './kubeconfig/config-file.ts';

/** As the administrator of the running lab, from where we are. */
export async function administratorOf(kubeconfigPath: string): Promise<ApiConnection> {
  const { clusters, users } = parseKubeconfig(await readFile(kubeconfigPath, 'utf8'));
  const [[, cluster] = []] = clusters;
  const [[, user] = []] = users;
  if (!cluster || !user) throw new Error(`${kubeconfigPath} names no cluster or no user`);
  return {
    server: cluster.server,
    caPem: cluster.certificateAuthorityData.toString(),
    certPem: user.clientCertificateData.toString(),
    keyPem: user.clientKeyData.toString(),
    userAgent: 'hop-proof',
  };
}
