/** The certificate of the workloads that speak TLS: self-signed, made once by each node process. */
import type { Credential } from '../pki/authority.ts';

let made: Promise<Credential> | undefined;

/** Names no host that anybody would ask for: the apiserver proxy and its like do not verify pods. */
export function servingCredential(): Promise<Credential> {
  return (made ??= makeCredential());
}

async function makeCredential(): Promise<Credential> {
  const { createAuthority } = await import('../pki/authority.ts');
  const authority = await createAuthority('workloads.cluster.local');
  return authority.issueServer(['workloads.cluster.local', 'localhost']);
}
