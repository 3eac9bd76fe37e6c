/** The lab: a Kubernetes-shaped cluster on this machine. */
import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { User } from './apiserver/exchange.ts';
import { startApiserver } from './apiserver/server.ts';
import { gitVersion } from './apiserver/version.ts';
import type { ApiObject } from './apiserver/api-object.ts';
import { base64, writeKubeconfig } from './kubeconfig.ts';
import { createAuthority } from './pki/authority.ts';
import { startHeartbeat } from './seed/heartbeat.ts';
import { seed } from './seed/seed.ts';
import { createVisitors } from './seed/visitors.ts';
import type { Visitor } from './visitors.ts';
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
  /** A kubeconfig for everybody's use: reads all but secrets, and may try any write (`dryRun=All`). */
  readonly visitorKubeconfigPath: string;
  /** Makes a namespace and a token for one visitor; disposing the visitor removes both. */
  createVisitor(id: string): Promise<Visitor>;
  /** `https://127.0.0.1:…` */
  readonly server: string;
  /** The version it speaks, as `v1.33.1`. */
  readonly version: string;
  describe(): readonly Machine[];
}

/**
 * Starts the lab; resolves when `kubectl` can use it. Certificates and tokens are new at each start.
 *
 * @throws Error with the system's code when the port is taken or the directory cannot be written.
 */
export async function startLab({ directory, port, log }: LabOptions): Promise<Lab> {
  await using starting = new AsyncDisposableStack();
  const state = resolve(directory);
  await mkdir(state, { recursive: true, mode: 0o700 });
  const authority = await createAuthority();
  const [serving, administrator] = await Promise.all([
    authority.issueServer(servingNames),
    authority.issueClient({ user: 'kubernetes-admin', groups: ['system:masters'] }),
  ]);
  const store = starting.use(createMemoryStore<ApiObject>());
  await seed(store, { authorityPem: authority.certificatePem });
  const tokens = new Map<string, User>();
  const visitors = createVisitors(store, tokens);
  const apiserver = starting.use(
    await startApiserver({
      ...(port === undefined ? {} : { securePort: port }),
      tlsCert: serving.certificatePem,
      tlsPrivateKey: serving.keyPem,
      clientCa: authority.certificatePem,
      tokens,
      store,
      bindings: visitors.bindings,
      ...(log ? { log } : {}),
    }),
  );
  starting.use(startHeartbeat(store));

  const write = async (name: string, user: Readonly<Record<string, string>>) => {
    const path = join(state, name);
    const ca = base64(authority.certificatePem);
    const cluster = { server: apiserver.server, 'certificate-authority-data': ca };
    await writeKubeconfig(path, { cluster, user });
    // Nobody answers there any more once the lab has ended.
    starting.defer(() => rm(path, { force: true }));
    return path;
  };
  const kubeconfigPath = await write('kubeconfig', {
    'client-certificate-data': base64(administrator.certificatePem),
    'client-key-data': base64(administrator.keyPem),
  });
  const visitorToken = randomBytes(24).toString('base64url');
  tokens.set(visitorToken, visitors.anyone);
  const visitorKubeconfigPath = await write('visitor.kubeconfig', { token: visitorToken });

  const running = starting.move();
  return {
    kubeconfigPath,
    visitorKubeconfigPath,
    server: apiserver.server,
    version: gitVersion,
    createVisitor: (id) => visitors.create(id),
    describe: () => [{ name: 'apiserver', role: 'apiserver', address: apiserver.server }],
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

const servingNames = [
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  '127.0.0.1',
  '::1',
  '10.96.0.1',
];
