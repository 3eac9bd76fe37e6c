/** What a decoder of Go says about a value of the wrong type. */
import type * as z from 'zod';

/** The struct that a field belongs to, by its path in a kubeconfig. */
const structs: readonly (readonly [RegExp, string])[] = [
  [/^users\.user\.exec\.env\./, 'ExecEnvVar'],
  [/^users\.user\.exec\./, 'ExecConfig'],
  [/^users\.user\.auth-provider\./, 'AuthProviderConfig'],
  [/^users\.user\./, 'AuthInfo'],
  [/^users\./, 'NamedAuthInfo'],
  [/^clusters\.cluster\./, 'Cluster'],
  [/^clusters\./, 'NamedCluster'],
  [/^contexts\.context\./, 'Context'],
  [/^contexts\./, 'NamedContext'],
];

/** The Go type of what is no plain string, bool or list of strings. */
const types: Readonly<Record<string, string>> = {
  clusters: 'v1.NamedCluster',
  users: 'v1.NamedAuthInfo',
  contexts: 'v1.NamedContext',
  'clusters.cluster': 'v1.Cluster',
  'users.user': 'v1.AuthInfo',
  'contexts.context': 'v1.Context',
  'users.user.exec': 'v1.ExecConfig',
  'users.user.exec.env': 'v1.ExecEnvVar',
  'users.user.auth-provider': 'v1.AuthProviderConfig',
};

/** The first problem of a kubeconfig, as `sigs.k8s.io/json` puts it. */
export function decodingProblem(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue?.code !== 'invalid_type') return issue?.message ?? error.message;
  const got = /received (\w+)/.exec(issue.message)?.[1] ?? 'value';
  // The keys of `as-user-extra` are no fields.
  const path = issue.path
    .filter((part) => typeof part === 'string')
    .join('.')
    .replace(/(as-user-extra)\..*/, '$1');
  if (path === '') return noVersionOrKind(goKind(got));
  const struct = structs.find(([pattern]) => pattern.test(path))?.[1] ?? 'Config';
  return `json: cannot unmarshal ${goKind(got)} into Go struct field ${struct}.${path} of type ${goType(path, issue.expected)}`;
}

function goType(path: string, expected: string): string {
  const element = types[path] ?? 'string';
  if (expected === 'array') return `[]${element}`;
  if (expected === 'record') return 'map[string][]string';
  return expected === 'boolean' ? 'bool' : element;
}

/** What a document is told that is no object at all. */
export function noVersionOrKind(kind: string): string {
  return `couldn't get version/kind; json parse error: json: cannot unmarshal ${kind} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`;
}

function goKind(kind: string): string {
  return kind === 'boolean' ? 'bool' : kind;
}
