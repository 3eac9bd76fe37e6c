import { describe, expect, test } from 'vitest';
import { summarizeCloudService, type CloudServiceLine } from './cloud-service.ts';
import { cloudServiceRows, type CloudServiceStep } from './cloud-service-rows.ts';
import { sayCloudService, sayCloudServiceLine } from './cloud-service-text.ts';
import { translate } from './i18n/messages.ts';

const port = { port: 7, nodePort: 30_007 };
const made: CloudServiceLine = {
  ...{ type: 'made', atMs: 4, service: 'here/hello', clusterIP: '10.96.0.9' },
  ports: [
    { protocol: 'TCP', ...port },
    { protocol: 'UDP', ...port },
  ],
};
const given: CloudServiceLine = {
  ...{ type: 'status', atMs: 60.4, standsFor: [] },
  ingress: [{ ip: '203.0.113.4', ipMode: 'VIP' }],
};
const path = { node: 'node-2', podNode: 'node-1', pod: 'here/hello', seenAs: '172.30.0.22:4000' };
const packet = (protocol: 'TCP' | 'UDP', atMs: number, isAnswered = true): CloudServiceLine => ({
  ...{ type: 'packet', atMs, protocol, to: '203.0.113.4:7', tookMs: 1 },
  ...(isAnswered ? { result: 'answered', path } : { result: 'refused', path: null }),
});
const failed: CloudServiceLine = {
  ...{ type: 'event', atMs: 30, level: 'Warning', reason: 'SyncLoadBalancerFailed' },
  message: 'Error syncing load balancer: <none>',
};
const deleted: CloudServiceLine = { type: 'deleted', atMs: 900, by: 'reader' };
const gone: CloudServiceLine = { type: 'gone', atMs: 930 };
const end = [deleted, gone];

describe('what became of a Service', () => {
  test.each<[string, readonly CloudServiceLine[]]>([
    ['served', [made, given, packet('TCP', 80), packet('UDP', 90), ...end]],
    ['partly', [made, given, packet('TCP', 80), packet('UDP', 90, false), ...end]],
    ['unserved', [made, given, packet('TCP', 80, false), packet('UDP', 90, false), ...end]],
    ['failed', [made, failed, ...end]],
    ['pending', [made, ...end]],
  ])('is that it was %s', (result, lines) => {
    const summary = summarizeCloudService(lines, 'served');
    expect(summary).toMatchObject({ result, isAsExpected: result === 'served', goneMs: 30 });
  });

  test('is told by what came while it lived', () => {
    const late = packet('UDP', 940);
    const summary = summarizeCloudService([made, given, packet('TCP', 80), ...end, late], 'served');
    expect(summary).toMatchObject({ result: 'partly', addressMs: 60, answerMs: 80 });
  });

  test('is that it was served where a refusal came before the address', () => {
    const lines = [made, failed, given, packet('TCP', 80), packet('UDP', 81)];
    expect(summarizeCloudService(lines, 'served')).toMatchObject({
      result: 'served',
      goneMs: null,
    });
  });
});

describe('what is said of it', () => {
  const t = translate('en');

  test('has the addresses, what a name stands for, and the ports that are not served', () => {
    const ports = [{ port: 7, protocol: 'SCTP', error: 'Nowhere' }] as const;
    const ingress = [{ hostname: 'a1.aws-nlb.cloud.example', ports }];
    const said = sayCloudServiceLine({ ...given, ingress, standsFor: ['203.0.113.4'] }, t);
    expect(said).toContain('`a1.aws-nlb.cloud.example`');
    expect(said).toContain('`203.0.113.4`');
    expect(said).toContain('`SCTP 7: Nowhere`');
  });

  test('names the node and whom the pod saw, where that is known', () => {
    const said = sayCloudServiceLine(packet('TCP', 80), t);
    expect(said).toMatch(/node-2.*node-1.*172\.30\.0\.22:4000/);
    const direct = { ...packet('TCP', 80), path: { ...path, node: null } } as CloudServiceLine;
    expect(sayCloudServiceLine(direct, t)).not.toContain('node-2');
  });

  test('says when it is not as the profile has it', () => {
    const lines = [made, given, ...end];
    const as = (expected: 'unserved' | 'served') =>
      sayCloudService(summarizeCloudService(lines, expected), t);
    expect(as('served')).toContain(t('interface:connect.results.unexpected'));
    expect(as('unserved')).not.toContain(t('interface:connect.results.unexpected'));
  });
});

describe('the rows', () => {
  const stations = ['Service', 'Controller', 'Cloud', 'Node', 'Pod'];
  const rowsOf = (lines: readonly CloudServiceLine[]) =>
    cloudServiceRows(
      lines.map((line): CloudServiceStep => ({ ...line, text: `${line.type} <${line.atMs}>` })),
      { tag: 'it', stations },
    ).split('<tr');

  test('are in the order of time, each at its station', () => {
    const [, ...rows] = rowsOf([made, packet('TCP', 80), given, failed]);
    const names = rows.map((row) => /<\/svg>(\w+)</.exec(row)?.[1]);
    expect(names).toEqual(['Service', 'Controller', 'Cloud', 'Pod']);
  });

  test('let no words become markup, and leave out what has no place', () => {
    const settled: CloudServiceLine = { type: 'settled', atMs: 100, result: 'served' };
    const rows = rowsOf([made, settled]);
    expect(rows).toHaveLength(2);
    expect(rows[1]).toContain('made &lt;4&gt;');
  });

  test('mark what went wrong, and say which words are Kubernetes’ own', () => {
    const [, row = '', refused = ''] = rowsOf([failed, packet('UDP', 90, false)]);
    expect(row).toMatch(/^ class="bad"/);
    expect(row).toContain('lang="en"');
    expect(refused).toMatch(/^ class="bad"/);
    expect(refused).not.toContain('lang="en"');
  });

  test('write times as the language does', () => {
    expect(rowsOf([{ ...gone, atMs: 12_345.6 }])[1]).toContain('>12.346 ms<');
  });
});
