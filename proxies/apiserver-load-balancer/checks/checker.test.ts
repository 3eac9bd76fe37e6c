import { once } from 'node:events';
import { createServer } from 'node:net';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parseGoDuration } from '../../kit/go-duration.ts';
import { createAuthority, type Authority } from '../../kit/pki/authority.ts';
import type { Condition } from '../backend.ts';
import type { CheckOptions } from '../balancer.ts';
import { flags } from '../facts/flags.ts';
import { answerOf, okAnswer, startTestApiserver } from '../testing/test-apiserver.ts';
import type { Checked, Checker } from './checker.ts';
import { httpsChecks } from './watch-backends.ts';

let authority: Authority;
beforeAll(async () => {
  authority = await createAuthority();
});

/** Nothing happens by the clock: neither the next check nor a timeout. */
const patient = { intervalMs: 3_600_000, timeoutMs: 3_600_000 };

interface Watching {
  readonly checker: Checker;
  /** The conditions that it was in, in order, from the first it came into. */
  readonly conditions: readonly Condition[];
  readonly reasons: readonly (string | null)[];
  /** Resolves as soon as it is in this condition. */
  readonly until: (condition: Condition) => Promise<Checked>;
}

type Watch = Partial<CheckOptions> & { readonly backend?: { readonly host?: string } };

async function started({ backend, ...check }: Watch = {}, names?: readonly string[]) {
  const apiserver = await startTestApiserver(authority, names);
  onTestFinished(() => apiserver[Symbol.asyncDispose]());
  return { apiserver, ...watching({ ...apiserver.backend, ...backend }, check) };
}

function watching(
  backend: Parameters<ReturnType<typeof httpsChecks>>[0],
  check: Partial<CheckOptions> = {},
): Watching {
  const conditions: Condition[] = [];
  const reasons: (string | null)[] = [];
  const waiting = new Set<(now: Checked) => void>();
  const watch = httpsChecks({
    ...{ path: '/readyz', rise: 2, fall: 2, serverName: null, ...patient },
    caPem: authority.certificatePem,
    ...check,
  });
  const checker = watch(backend, (now, before) => {
    if (now.condition !== before.condition) conditions.push(now.condition);
    reasons.push(now.reason);
    for (const tell of waiting) tell(now);
  });
  onTestFinished(() => checker[Symbol.dispose]());
  return {
    checker,
    conditions,
    reasons,
    until: (condition) =>
      new Promise((resolve) => {
        if (checker.checked.condition === condition) resolve(checker.checked);
        const tell = (now: Checked) => {
          if (now.condition !== condition) return;
          waiting.delete(tell);
          resolve(now);
        };
        waiting.add(tell);
      }),
  };
}

describe('an apiserver that is well', () => {
  it('is ready with the first answer', async () => {
    const { until } = await started();
    const { reason, checkMs, since } = await until('ready');
    expect(reason).toBeNull();
    expect(checkMs).toBeGreaterThan(0);
    expect(new Date(since).toISOString()).toBe(since);
  });

  it('is asked on one connection', async () => {
    const { apiserver } = await started({ intervalMs: 40 });
    await apiserver.asked(5);
    expect(apiserver.connections).toBe(1);
  });

  it('is believed by its host name, by the name that is asked for, and by anybody who does not look', async () => {
    const names = ['kubernetes.default.svc'];
    const byHost = await started({ backend: { host: 'kubernetes.default.svc' } }, names);
    const byName = await started({ serverName: 'kubernetes.default.svc' }, names);
    const unseen = await started({ caPem: null }, names);
    await Promise.all([byHost, byName, unseen].map(({ until }) => until('ready')));
  });

  it('may end its connection: that costs it no more than a moment', async () => {
    for (const how of ['in order', 'reset'] as const) {
      const { apiserver, conditions, reasons, until } = await started();
      await until('ready');
      const again = until('suspect').then(() => until('ready'));
      apiserver.end(how);
      await again;
      expect(conditions).toEqual(['ready', 'suspect', 'ready']);
      expect(reasons[1]).toMatch(how === 'reset' ? /connection reset/ : /ended the check's connec/);
      expect(apiserver.connections).toBe(2);
    }
  });

  it('may say that it ends its connections', async () => {
    const { apiserver, conditions, reasons } = await started({ intervalMs: 40 });
    apiserver.answer = answerOf(200, 'ok', 'Connection: close');
    await apiserver.asked(6);
    expect(apiserver.connections).toBeGreaterThanOrEqual(6);
    expect(conditions).not.toContain('dead');
    expect(reasons.filter((reason) => reason?.includes('ended'))).toEqual([]);
  });

  it('may end them after each answer without a word', async () => {
    const { apiserver, conditions, reasons } = await started({ intervalMs: 40 });
    apiserver.isClosing = true;
    await apiserver.asked(8);
    expect(conditions).not.toContain('dead');
    expect(reasons.filter((reason) => reason?.includes('ended')).length).toBeLessThanOrEqual(2);
  });
});

describe('an apiserver that is killed', () => {
  it('is dead at once, however often it may be silent', async () => {
    const { apiserver, conditions, until } = await started({ fall: 1000 });
    await until('ready');
    const dead = until('dead');
    await apiserver.kill();
    expect((await dead).reason).toMatch(/^dial tcp 127\..*: connect: connection refused$/);
    expect(conditions).toEqual(['ready', 'suspect', 'dead']);
  });

  it('comes back by rise, soon', async () => {
    const { apiserver, reasons, until } = await started();
    await until('ready');
    const dead = until('dead');
    await apiserver.kill();
    await dead;
    const ready = until('ready');
    await apiserver.start();
    await ready;
    expect(reasons).toContain('answers 200, 1 of 2 times');
  });

  it('is looked for often while it starts', async () => {
    const apiserver = await startTestApiserver(authority);
    onTestFinished(() => apiserver[Symbol.asyncDispose]());
    await apiserver.kill();
    const { conditions, until } = watching(apiserver.backend);
    await until('dead');
    await apiserver.start();
    await until('ready');
    expect(conditions).toEqual(['dead', 'ready']);
  });
});

describe('an apiserver that does not answer', () => {
  it('is suspect while it is late, and ready with its answer', async () => {
    const { apiserver, conditions, reasons, until } = await started({ intervalMs: 400 });
    await until('ready');
    const suspect = until('suspect');
    apiserver.answer = null;
    await suspect;
    expect(reasons[1]).toMatch(/^the check has had no answer for \d+ ms$/);
    const ready = until('ready');
    apiserver.answer = okAnswer;
    await ready;
    expect(conditions.slice(0, 3)).toEqual(['ready', 'suspect', 'ready']);
    expect(apiserver.connections).toBe(1);
  });

  it('is never dead for as long as kube-apiserver waits for etcd, by the default timeout', () => {
    // Its /readyz asks twice: --etcd-healthcheck-timeout and --etcd-readycheck-timeout.
    const slowMs = 2 * 2000;
    const timeout = flags.find(({ name }) => name === 'check-timeout')?.default;
    expect(parseGoDuration(String(timeout))).toBeGreaterThan(slowMs);
  });

  it('is dead after as many timeouts as may be', async () => {
    const { apiserver, conditions, until } = await started({ intervalMs: 200, timeoutMs: 200 });
    await until('ready');
    const { connections } = apiserver;
    apiserver.answer = null;
    const { reason } = await until('dead');
    expect(reason).toBe('the check had no answer within 200 ms');
    expect(conditions.slice(-2)).toEqual(['suspect', 'dead']);
    // The second is asked on another connection.
    expect(apiserver.connections).toBeGreaterThan(connections);
  });

  it('is dead, too, when it accepts and does not shake hands', async () => {
    const { apiserver, conditions, until } = await started({ intervalMs: 100, timeoutMs: 100 });
    apiserver.isSilent = true;
    await until('dead');
    expect(conditions).toEqual(['dead']);
    expect(apiserver.connections).toBe(2);
  });

  it('comes back by rise', async () => {
    const { apiserver, until } = await started({ intervalMs: 200, timeoutMs: 200 });
    await until('ready');
    apiserver.answer = null;
    await until('dead');
    apiserver.answer = okAnswer;
    await until('ready');
  });
});

describe('an apiserver that is not ready', () => {
  const failing = answerOf(
    500,
    '[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n',
  );

  it('is that at once, with the checks that fail, and ready again by rise', async () => {
    const { apiserver, conditions, until } = await started({ intervalMs: 80 });
    await until('ready');
    apiserver.answer = failing;
    const { reason } = await until('not-ready');
    expect(reason).toBe('answers 500: [-]etcd failed: reason withheld');
    apiserver.answer = okAnswer;
    await until('ready');
    expect(conditions.slice(-2)).toEqual(['not-ready', 'ready']);
    expect(apiserver.connections).toBe(1);
  });

  it('and says so late, as with a slow etcd: it is not dead meanwhile', async () => {
    const { apiserver, conditions, until } = await started({ intervalMs: 400 });
    await until('ready');
    const suspect = until('suspect');
    apiserver.answer = null;
    await suspect;
    apiserver.answer = failing;
    await until('not-ready');
    expect(conditions).not.toContain('dead');
  });

  it('and ends: it is dead at once', async () => {
    const { apiserver, conditions, until } = await started({ intervalMs: 80 });
    apiserver.answer = failing;
    await until('not-ready');
    const dead = until('dead');
    await apiserver.kill();
    await dead;
    expect(conditions).toEqual(['not-ready', 'dead']);
  });
});

describe('somebody else', () => {
  it('of another cluster is not believed', async () => {
    const other = await createAuthority();
    const { reason } = await (await started({ caPem: other.certificatePem })).until('untrusted');
    expect(reason).toBe(
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    );
  });

  it('with another name is not believed', async () => {
    const { until } = await started({ serverName: 'kubernetes' }, ['other.example']);
    const { reason } = await until('untrusted');
    expect(reason).toMatch(/x509: certificate is valid for other\.example, not kubernetes$/);
  });

  it('who takes its place is not believed, nor while it is away', async () => {
    const { apiserver, conditions, until } = await started();
    await until('ready');
    await apiserver.kill();
    const other = await createAuthority();
    const impostor = await startTestApiserver(other, undefined, apiserver.backend);
    onTestFinished(() => impostor[Symbol.asyncDispose]());
    await until('untrusted');
    const { connections } = impostor;
    await impostor.kill();
    await impostor.start();
    while (impostor.connections === connections) await impostor.connected();
    expect(conditions.at(-1)).toBe('untrusted');
  });

  it('without TLS is dead, with the reason', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined).end('SSH-2.0\r\n'));
    onTestFinished(() => void server.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const backend = { name: 'ssh', address: '127.0.0.1', port, family: 'IPv4', isDraining: false };
    const { reason } = await watching({ ...backend, family: 'IPv4' }).until('dead');
    expect(reason).toBe('tls: first record does not look like a TLS handshake');
  });
});

describe('what the data path saw', () => {
  it('makes it look at once', async () => {
    const { apiserver, checker, until } = await started();
    await until('ready');
    checker.observe('no-answer');
    await apiserver.asked(2);
    expect(apiserver.connections).toBe(1);
  });

  it('is a suspicion when there is no answer', async () => {
    const { apiserver, checker, conditions, until } = await started();
    await until('ready');
    apiserver.answer = null;
    checker.observe('no-answer');
    checker.observe('no-answer');
    await until('suspect');
    apiserver.answer = okAnswer;
    await until('ready');
    expect(conditions).toEqual(['ready', 'suspect', 'ready']);
    expect(apiserver.checks).toBe(2);
  });

  it('is that nobody listens: the old connection says nothing about that', async () => {
    const { apiserver, checker, conditions, until } = await started();
    await until('ready');
    apiserver.stopListening();
    checker.observe('dial-failed');
    expect((await until('dead')).reason).toMatch(/connection refused$/);
    expect(conditions.filter((condition) => condition !== 'suspect')).toEqual(['ready', 'dead']);
  });
});

it('leaves nothing behind, in whatever it is stopped', async () => {
  const { apiserver, checker, until } = await started();
  await until('ready');
  checker[Symbol.dispose]();
  while (apiserver.openConnections > 0) await apiserver.disconnected();
  checker.observe('dial-failed');
  expect(apiserver.checks).toBe(1);
});
