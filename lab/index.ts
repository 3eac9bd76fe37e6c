/** The lab: a Kubernetes-shaped cluster on this machine. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { User } from './apiserver/exchange.ts';
import { startApiserver } from './apiserver/server.ts';
import { gitVersion } from './apiserver/version.ts';
import type { ApiObject } from './apiserver/api-object.ts';
import { base64, writeKubeconfig } from './kubeconfig.ts';
import { createAuthority } from './pki/authority.ts';
import { startHeartbeat } from './seed/heartbeat.ts';
import { seed } from './seed/seed.ts';
import { createMemoryStore } from './store/memory-store.ts';

export { createLaboratory } from './laboratory.ts';

export interface LabOptions {
  /** Where the lab keeps its state: `.lab` in the project, usually. Made if absent. */
  readonly directory: string;
  /** The apiserver's port; absent: the system chooses. */
  readonly port?: number;
  readonly log?: (line: string) => void;
}

/** A line of the start table: what runs, and where. */
export interface Machine {
  readonly name: string;
  readonly role: 'apiserver';
  readonly address: string;
}

export interface Lab extends AsyncDisposable {
  /** A kubeconfig of an administrator, mode 0600. */
  readonly kubeconfigPath: string;
  /** `https://127.0.0.1:…` */
  readonly server: string;
  /** The version it speaks, as `v1.33.1`. */
  readonly version: string;
  describe(): readonly Machine[];
}

/** Starts the lab; resolves when `kubectl` can use it. */
export async function startLab({ directory, port, log }: LabOptions): Promise<Lab> {
  const state = resolve(directory);
  await mkdir(state, { recursive: true, mode: 0o700 });
  const authority = await createAuthority();
  const [serving, administrator] = await Promise.all([
    authority.issueServer([
      'localhost',
      'kubernetes',
      'kubernetes.default.svc',
      '127.0.0.1',
      '::1',
    ]),
    authority.issueClient({ user: 'kubernetes-admin', groups: ['system:masters'] }),
  ]);
  const token = randomBytes(24).toString('base64url');
  const users = new Map<string, User>([
    [token, { name: 'kubernetes-admin', groups: ['system:masters'] }],
  ]);
  const store = createMemoryStore<ApiObject>();
  await seed(store, { authorityPem: authority.certificatePem });
  const apiserver = await startApiserver({
    ...(port === undefined ? {} : { securePort: port }),
    tlsCert: serving.certificatePem,
    tlsPrivateKey: serving.keyPem,
    clientCa: authority.certificatePem,
    tokens: users,
    store,
    ...(log ? { log } : {}),
  });
  const heartbeat = startHeartbeat(store);
  const kubeconfigPath = join(state, 'kubeconfig');
  await writeKubeconfig(kubeconfigPath, {
    cluster: {
      server: apiserver.server,
      'certificate-authority-data': base64(authority.certificatePem),
    },
    user: {
      'client-certificate-data': base64(administrator.certificatePem),
      'client-key-data': base64(administrator.keyPem),
    },
  });

  return {
    kubeconfigPath,
    server: apiserver.server,
    version: gitVersion,
    describe: () => [{ name: 'apiserver', role: 'apiserver', address: apiserver.server }],
    [Symbol.asyncDispose]: async () => {
      heartbeat[Symbol.dispose]();
      await apiserver[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}
