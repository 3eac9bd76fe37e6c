import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { methodNotAllowed, unauthorized } from '../kit/apiserver/refusals.ts';
import { readRequest } from '../kit/apiserver/request-info.ts';
import { StatusError } from '../kit/api/status-error.ts';
import { hopByHop } from '../kit/http/hop-by-hop.ts';
import { apiserverProxy } from './descriptor.ts';
import { identityHeaders, identityPrefixes } from './headers.ts';
import { redirects } from './redirects/descriptor.ts';
import { parseId } from './resolve/id.ts';
import { notFound } from './resolve/refusals.ts';
import { createRewriter } from './rewrite/rewriter.ts';

const tableOf = (wanted: string) => {
  const table = apiserverProxy.tables.find(({ id }) => id === wanted);
  if (!table) throw new Error(`no table ${wanted}`);
  return table.rows;
};

const errorOf = (wanted: string) => {
  const error = apiserverProxy.errors.find(({ id }) => id === wanted);
  if (!error) throw new Error(`no error ${wanted}`);
  return error;
};

describe('the descriptor of the apiserver proxy', () => {
  it('names as removed from requests just what the proxy removes', () => {
    const removed = apiserverProxy.headers
      .filter(
        ({ on, action, id }) => on === 'request' && action === 'removed' && id !== 'rewrite-choice',
      )
      .map(({ name }) => name.toLowerCase());
    const identity = [...identityHeaders, ...identityPrefixes.map((prefix) => `${prefix}*`)];
    expect(removed.sort()).toEqual([...identity, ...hopByHop].sort());
  });

  it.each(tableOf('names').map(({ id, cells }) => [id, cells] as const))(
    'says of the name “%s” what the proxy reads from it',
    (_, { input, scheme, name, port, isValid }) => {
      expect(parseId(String(input))).toEqual(isValid === true ? { scheme, name, port } : null);
    },
  );

  it('has the verbs by which the apiserver authorizes', () => {
    for (const { cells } of tableOf('verbs')) {
      for (const method of z.array(z.string()).parse(cells.methods)) {
        const { verb } = readRequest(method, '/api/v1/namespaces/default/pods/web-0/proxy/');
        expect(verb, method).toBe(cells.verb);
      }
    }
  });

  it.each([
    ['not-authenticated', unauthorized(), {}],
    ['no-such-method', methodNotAllowed(), {}],
    ['no-object', notFound('services', 'web'), { name: 'web' }],
    ['unreadable-location', unreadableLocation(), { cause: 'parse ":": missing protocol scheme' }],
  ])('words the error “%s” as it is answered', (id, answered: StatusError, values) => {
    const { status, reason, message = '' } = errorOf(id);
    const worded = Object.entries(values).reduce(
      (text, [name, value]) => text.replace(`{${name}}`, value),
      message,
    );
    expect({ status, reason, worded }).toEqual({
      status: answered.code,
      reason: answered.reason,
      worded: answered.message,
    });
  });

  it('states no difference that nothing tries', () => {
    const unrecorded = apiserverProxy.differences.filter(({ cases }) => cases.length === 0);
    expect(unrecorded.map(({ id }) => id).sort()).toEqual(Object.keys(triedIn).sort());
    for (const [file, title] of Object.values(triedIn)) {
      expect(readFileSync(new URL(file, import.meta.url), 'utf8')).toContain(title);
    }
  });

  it('names recorded cases that there are', () => {
    const file = new URL('recorded/cases.ndjson', import.meta.url);
    const upgrades = new URL('recorded/upgrades.ndjson', import.meta.url);
    const recorded = new Set(
      [file, upgrades].flatMap((each) => readFileSync(each, 'utf8').trim().split('\n')).map(idOf),
    );
    const named = [...apiserverProxy.claims, ...redirects.claims]
      .flatMap(({ sources }) => sources)
      .flatMap((source) => (source.kind === 'recorded' ? source.case : []))
      .concat(apiserverProxy.differences.flatMap(({ cases }) => cases));
    expect(named.filter((id) => !recorded.has(id))).toEqual([]);
  });
});

function unreadableLocation(): StatusError {
  const rewriter = createRewriter({ sourceHost: 'a', requestHost: 'b', prefix: '/proxy' });
  try {
    rewriter.location(':');
  } catch (error) {
    if (error instanceof StatusError) return error;
  }
  throw new Error('it was read');
}

/** Where a difference is tried that no recorded case shows: the file, and what it says there. */
const triedIn: Readonly<Record<string, readonly [file: string, title: string]>> = {
  'two-readings-of-a-proxy-request': ['requests.test.ts', 'a request that can be read two ways'],
  'endless-tags': ['rewrite/html.test.ts', 'gives a tag without end up'],
  'unknown-page-encodings': ['rewrite/encodings.test.ts', 'leaves %s alone'],
  'unfinished-tags': ['rewrite/html.test.ts', 'an unfinished <a href'],
};

function idOf(line: string): string {
  return z.object({ id: z.string() }).parse(JSON.parse(line)).id;
}
