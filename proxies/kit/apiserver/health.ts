/** `/livez`, `/readyz` and `/healthz`, with kube-apiserver's names of checks and its texts. */

type Endpoint = 'healthz' | 'livez' | 'readyz';
const endpoints: readonly Endpoint[] = ['healthz', 'livez', 'readyz'];

export interface HealthCheck {
  readonly name: string;
  /** Where it counts; absent: everywhere. */
  readonly endpoints?: readonly Endpoint[];
  readonly isHealthy: () => boolean;
  /** What there is to say of it though it is healthy; default `ok`. */
  readonly note?: () => string;
}

export interface HealthAnswer {
  readonly status: 200 | 500;
  readonly text: string;
}

export interface Health {
  /** Undefined where the path is none of these. */
  answer(path: string, query: URLSearchParams): HealthAnswer | undefined;
  readonly isReady: () => boolean;
}

export function createHealth(checks: readonly HealthCheck[]): Health {
  const checksOf = (endpoint: Endpoint) =>
    checks.filter((check) => check.endpoints?.includes(endpoint) ?? true);
  return {
    isReady: () => checksOf('readyz').every((check) => check.isHealthy()),
    answer: (path, query) => {
      const [, first = '', ...rest] = path.replace(/\/$/, '').split('/');
      const endpoint = endpoints.find((one) => one === first);
      if (!endpoint) return undefined;
      const own = checksOf(endpoint);
      if (rest.length > 0) return answerOne(own.find(({ name }) => name === rest.join('/')));
      return answerAll(endpoint, own, query);
    },
  };
}

function answerOne(check: HealthCheck | undefined): HealthAnswer | undefined {
  if (!check) return undefined;
  if (check.isHealthy()) return { status: 200, text: 'ok' };
  return { status: 500, text: `internal server error: ${check.name} failed: reason withheld\n` };
}

function answerAll(
  endpoint: Endpoint,
  checks: readonly HealthCheck[],
  query: URLSearchParams,
): HealthAnswer {
  const excluded = new Set(query.getAll('exclude'));
  const results = checks.map(({ name, isHealthy, note }) => {
    if (excluded.delete(name)) return { isGood: true, line: `[+]${name} excluded: ok\n` };
    const isGood = isHealthy();
    return {
      isGood,
      line: isGood ? `[+]${name} ${note?.() ?? 'ok'}\n` : `[-]${name} failed: reason withheld\n`,
    };
  });
  const isHealthy = results.every(({ isGood }) => isGood);
  const unknown = [...excluded].map((name) => JSON.stringify(name)).join(',');
  const warning =
    unknown === ''
      ? ''
      : `warn: some health checks cannot be excluded: no matches for ${unknown}\n`;
  const lines = results.map(({ line }) => line).join('');
  if (!isHealthy) return { status: 500, text: `${lines}${warning}${endpoint} check failed\n` };
  if (!query.has('verbose')) return { status: 200, text: 'ok' };
  return { status: 200, text: `${lines}${warning}${endpoint} check passed\n` };
}
