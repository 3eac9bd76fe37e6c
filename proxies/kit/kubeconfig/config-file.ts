/** One kubeconfig file: the shape upstream reads (`v1.Config`), parsed at the border. */
import * as z from 'zod';
import { decodingProblem } from './decoding-problem.ts';
import { parseYaml } from './yaml.ts';

/** Go reads an absent field and `null` as the zero value. */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
const texts = z
  .array(text)
  .nullish()
  .transform((value): readonly string[] => value ?? []);
/** Go's `[]byte`: base64 in the file. */
const bytes = z
  .string()
  .nullish()
  .transform((value, context) => {
    const base64 = (value ?? '').replace(/[\r\n]/g, '');
    const wrongAt = /[^A-Za-z0-9+/=]|=(?!=?$)/.exec(base64)?.index ?? -1;
    if (wrongAt !== -1 || base64.length % 4 !== 0) {
      const at = wrongAt === -1 ? base64.length - (base64.length % 4) : wrongAt;
      context.addIssue({ code: 'custom', message: `illegal base64 data at input byte ${at}` });
      return z.NEVER;
    }
    return Buffer.from(base64, 'base64');
  });

const clusterSchema = z
  .object({
    server: text,
    'tls-server-name': text,
    'insecure-skip-tls-verify': flag,
    'certificate-authority': text,
    'certificate-authority-data': bytes,
    'proxy-url': text,
    'disable-compression': flag,
    extensions: z
      .array(z.object({ name: text, extension: z.unknown() }))
      .nullish()
      .transform((value) => value ?? []),
  })
  .transform((cluster) => ({
    server: cluster.server,
    tlsServerName: cluster['tls-server-name'],
    isInsecure: cluster['insecure-skip-tls-verify'],
    certificateAuthority: cluster['certificate-authority'],
    certificateAuthorityData: cluster['certificate-authority-data'],
    proxyUrl: cluster['proxy-url'],
    isCompressionDisabled: cluster['disable-compression'],
    /** What the cluster tells exec plugins (`client.authentication.k8s.io/exec`). */
    execConfig: cluster.extensions.find(({ name }) => name === 'client.authentication.k8s.io/exec')
      ?.extension,
  }));

const execSchema = z
  .object({
    command: text,
    args: texts,
    env: z
      .array(z.object({ name: text, value: text }))
      .nullish()
      .transform((value) => value ?? []),
    apiVersion: text,
    installHint: text,
    provideClusterInfo: flag,
    interactiveMode: text,
  })
  .transform((exec) => ({
    ...exec,
    // The beta let it out (clientcmd/api/v1/defaults.go).
    interactiveMode:
      exec.interactiveMode === '' && /\/v1(alpha1|beta1)$/.test(exec.apiVersion)
        ? 'IfAvailable'
        : exec.interactiveMode,
  }));

const userSchema = z
  .object({
    'client-certificate': text,
    'client-certificate-data': bytes,
    'client-key': text,
    'client-key-data': bytes,
    token: text,
    tokenFile: text,
    as: text,
    'as-uid': text,
    'as-groups': texts,
    'as-user-extra': z
      .record(z.string(), texts)
      .nullish()
      .transform((value) => value ?? {}),
    username: text,
    password: text,
    'auth-provider': z.object({ name: text }).nullish(),
    exec: execSchema.nullish(),
  })
  .transform((user) => ({
    clientCertificate: user['client-certificate'],
    clientCertificateData: user['client-certificate-data'],
    clientKey: user['client-key'],
    clientKeyData: user['client-key-data'],
    token: user.token,
    tokenFile: user.tokenFile,
    as: user.as,
    asUid: user['as-uid'],
    asGroups: user['as-groups'],
    asUserExtra: user['as-user-extra'],
    username: user.username,
    password: user.password,
    authProvider: user['auth-provider']?.name ?? '',
    exec: user.exec ?? null,
  }));

const contextSchema = z.object({ cluster: text, user: text, namespace: text });

function named<K extends string, T extends z.ZodType>(key: K, schema: T) {
  const entry = z.object({ name: text, [key]: schema } as { name: typeof text } & Record<K, T>);
  return z.array(entry).nullish();
}

const configSchema = z.object({
  apiVersion: text,
  kind: text,
  'current-context': text,
  clusters: named('cluster', clusterSchema.prefault({})),
  users: named('user', userSchema.prefault({})),
  contexts: named('context', contextSchema.prefault({})),
});

export type ClusterEntry = z.infer<typeof clusterSchema>;
export type UserEntry = z.infer<typeof userSchema>;
export type ContextEntry = z.infer<typeof contextSchema>;
export type ExecEntry = z.infer<typeof execSchema>;

/** What one file, or several merged, say. */
export interface Kubeconfig {
  readonly currentContext: string;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly contexts: ReadonlyMap<string, ContextEntry>;
}

export const emptyKubeconfig: Kubeconfig = {
  currentContext: '',
  clusters: new Map(),
  users: new Map(),
  contexts: new Map(),
};

/** The entries that stand for nothing: what upstream merges the rest over. */
export const emptyCluster: ClusterEntry = clusterSchema.parse({});
export const emptyUser: UserEntry = userSchema.parse({});
export const emptyContext: ContextEntry = contextSchema.parse({});

/**
 * Reads a kubeconfig, YAML or JSON. Unknown fields are ignored, as upstream ignores them.
 *
 * @throws Error in the words of upstream's decoder.
 */
export function parseKubeconfig(source: string): Kubeconfig {
  if (source === '') return emptyKubeconfig;
  const parsed = configSchema.safeParse(parseYaml(source) ?? {});
  if (!parsed.success) throw new Error(decodingProblem(parsed.error));
  const { data } = parsed;
  const kind = data.kind === '' ? 'Config' : data.kind;
  const version = data.apiVersion === '' ? 'v1' : data.apiVersion;
  if (kind !== 'Config' || version !== 'v1') {
    throw new Error(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(version)} in scheme "k8s.io/client-go/tools/clientcmd/api/latest/latest.go:50"`,
    );
  }
  return {
    currentContext: data['current-context'],
    clusters: byName('Cluster', data.clusters, ({ cluster }) => cluster),
    users: byName('AuthInfo', data.users, ({ user }) => user),
    contexts: byName('Context', data.contexts, ({ context }) => context),
  };
}

function byName<E extends { readonly name: string }, V>(
  type: string,
  entries: readonly E[] | null | undefined,
  value: (entry: E) => V,
): ReadonlyMap<string, V> {
  const map = new Map<string, V>();
  for (const entry of entries ?? []) {
    if (map.has(entry.name)) {
      throw new Error(
        `error converting *[]Named${type} into *map[string]*api.${type}: duplicate name ${JSON.stringify(entry.name)} in list`,
      );
    }
    map.set(entry.name, value(entry));
  }
  return map;
}
