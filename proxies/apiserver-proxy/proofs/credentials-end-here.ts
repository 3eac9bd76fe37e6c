/**
 * All that says who somebody is goes to the apiserver, and no further. Refuted by the way around that
 * ours has: an `Authorization` for the application.
 */
import { defineProof, type Notebook } from '../../kit/proof.ts';
import { identityHeaders } from '../facts/headers.ts';
import { ask, type Asked } from './ask.ts';
import { bareWorld } from './bare-proxy.ts';
import { makePod, namespace } from './cluster-objects.ts';
import { clusterWorld } from './cluster-world.ts';
import type { Target } from './target.ts';

const sent = {
  'Impersonate-User': 'proof',
  'Impersonate-Group': 'system:masters',
  'X-Remote-User': 'root',
  'X-Remote-Group': 'system:masters',
  'X-Remote-Extra-Scopes': 'all',
} as const;

const credentials: readonly string[] = identityHeaders.map(({ name }) => name.toLowerCase());

interface CredentialsWorld extends AsyncDisposable {
  readonly apiserver: Asked;
  readonly targets: readonly Target[];
  /** What is sent beside. */
  readonly extra: Readonly<Record<string, string>>;
}

export const credentialsEndHere = defineProof<CredentialsWorld>({
  claimed: async (laboratory, { hop: onHop }) => {
    const world = await clusterWorld(
      { laboratory, onHop },
      [{ name: 'web-0' }],
      async (client, [target]) => {
        if (target) await makePod(client, target);
      },
    );
    return { ...world, extra: {} };
  },
  refuted: async (_laboratory, { hop }) => {
    const world = await bareWorld({ name: 'web-0' }, { allowsApplicationAuthorization: true }, hop);
    const extra = { 'X-Hop-Authorization': 'Bearer of-the-application' };
    return { ...world, extra };
  },
  probe: async ({ apiserver, targets: [target], extra }, notebook: Notebook, { signal }) => {
    const path = `/api/v1/namespaces/${namespace}/pods/web-0/proxy/`;
    const { status } = await ask(apiserver, { path, headers: { ...sent, ...extra } }, signal);
    const [request] = target?.requests ?? [];
    notebook.check(request !== undefined, 'arrived', {
      status,
      count: request?.headers.length ?? 0,
    });
    const received = request.headers.map(([name]) => name).filter(isCredential);
    notebook.check(received.length === 0, 'none', {
      sent: ['Authorization', ...Object.keys(sent)],
      received,
    });
  },
});

function isCredential(name: string): boolean {
  const key = name.toLowerCase();
  return credentials.some((each) =>
    each.endsWith('*') ? key.startsWith(each.slice(0, -1)) : key === each,
  );
}
