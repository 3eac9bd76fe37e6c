/** The certificate of the workloads that speak TLS: self-signed, made once by each node process. */
import type { Credential } from '../pki/authority.ts';

/** A certificate and its key, and the authority that only this process knows. */
export interface ServingCredential extends Credential {
  readonly authorityPem: string;
}

let made: Promise<ServingCredential> | undefined;

/** Names no host that anybody would ask for: the apiserver proxy and its like do not verify pods. */
export function servingCredential(): Promise<ServingCredential> {
  return (made ??= makeCredential());
}

async function makeCredential(): Promise<ServingCredential> {
  const { createAuthority } = await import('../pki/authority.ts');
  const authority = await createAuthority('workloads.cluster.local');
  const credential = await authority.issueServer(['workloads.cluster.local', 'localhost']);
  return { ...credential, authorityPem: authority.certificatePem };
}
