/** `/livez`, `/readyz` and `/healthz`, with kube-apiserver's names of checks and its texts. */

const checks = [
  'ping',
  'log',
  'etcd',
  'informer-sync',
  'poststarthook/start-apiextensions-controllers',
];
const endpoints = ['livez', 'readyz', 'healthz'];

export const healthPaths: readonly string[] = endpoints.flatMap((endpoint) => [
  `/${endpoint}`,
  ...checks.map((check) => `/${endpoint}/${check}`),
]);

/** The text of a health path; undefined where it is none. */
export function healthOf(path: string, query: URLSearchParams): string | undefined {
  const [, endpoint = '', ...rest] = path.split('/');
  if (!endpoints.includes(endpoint)) return undefined;
  const check = rest.join('/');
  if (check !== '') return checks.includes(check) ? 'ok' : undefined;
  if (!query.has('verbose')) return 'ok';
  const excluded = query.getAll('exclude');
  const lines = checks.map((name) =>
    excluded.includes(name) ? `[+]${name} excluded: ok\n` : `[+]${name} ok\n`,
  );
  return `${lines.join('')}${endpoint} check passed\n`;
}
