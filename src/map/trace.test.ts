import { describe, expect, it } from 'vitest';
import type { Hop } from '../../proxies/kit/hop.ts';
import { traceItem } from './trace.ts';

const words = {
  tag: 'it',
  stations: { client: 'Cliente', 'kubectl-proxy': 'kubectl proxy' },
  noTls: 'senza TLS',
  added: 'aggiunto',
  removed: 'tolto',
  changed: 'cambiato',
};

const hop: Hop = {
  request: '1',
  from: { station: 'client', address: '127.0.0.1:50000' },
  to: { station: 'kubectl-proxy', address: '127.0.0.1:8001' },
  protocol: 'HTTP/1.1',
  tls: null,
  method: 'GET',
  target: '/version?<script>',
  decision: { key: 'forwarded', values: {} },
  headers: {
    added: [{ name: 'Authorization', to: 'Bearer ‹redacted›' }],
    removed: [],
    changed: [],
  },
  status: 200,
  atMs: 0,
  tookMs: 1.234,
  sentBytes: 0,
  receivedBytes: 0,
};

describe('a hop of a connection as text', () => {
  const flow = {
    ...hop,
    protocol: 'UDP',
    method: 'UDP',
    target: '10.96.0.20:7',
    status: null,
    from: { station: 'pod', address: '10.244.1.2:40000' },
    to: { station: 'kube-proxy', address: '10.96.0.20:7' },
    headers: { added: [], removed: [], changed: [] },
  } as const satisfies Hop;

  it('says from where to where, and nothing that nobody measured', () => {
    const item = traceItem(flow, words, '');
    expect(item).toContain('10.244.1.2:40000');
    expect(item).toContain('10.96.0.20:7');
    expect(item).not.toContain(words.noTls);
    expect(item).not.toContain('ms');
  });
});

describe('a hop as text', () => {
  const item = traceItem(hop, words, 'Passa: `--accept-paths`.');

  it('names who to whom in the language', () => {
    expect(item).toContain('<b>Cliente</b>');
    expect(item).toContain('senza TLS');
    expect(item).toContain('1,2 ms');
  });

  it('says what became of the headers', () => {
    expect(item).toContain('aggiunto</span> <code>Authorization: Bearer');
  });

  it('says what was decided', () => {
    expect(item).toContain('<code>--accept-paths</code>');
  });

  it('shows a target as it is, and never as markup', () => {
    expect(item).toContain('GET /version?&lt;script&gt;');
  });

  it('shows no answer where there was none', () => {
    expect(traceItem({ ...hop, status: null }, words, '')).not.toContain('200');
  });
});
