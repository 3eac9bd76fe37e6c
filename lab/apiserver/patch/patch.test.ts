import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { parsePatch, patcherOf } from './apply-patch.ts';

const podType = 'io.k8s.api.core.v1.Pod';
const applyStrategic = await patcherOf('application/strategic-merge-patch+json');
const strategic = (target: JsonObject, patch: JsonObject) => applyStrategic(target, patch, podType);
const applyMerge = await patcherOf('application/merge-patch+json');
const applyJson = await patcherOf('application/json-patch+json');

const pod = {
  spec: {
    containers: [
      { name: 'web', image: 'web:1', env: [{ name: 'A', value: '1' }] },
      { name: 'log', image: 'log:1' },
    ],
    tolerations: [{ key: 'a' }],
  },
};

describe('a strategic merge patch', () => {
  it('merges lists by their key and leaves the other items', () => {
    expect(strategic(pod, { spec: { containers: [{ name: 'web', image: 'web:2' }] } })).toEqual({
      spec: {
        ...pod.spec,
        containers: [{ ...pod.spec.containers[0], image: 'web:2' }, pod.spec.containers[1]],
      },
    });
  });

  it('replaces lists that have no key', () => {
    const patched = strategic(pod, { spec: { tolerations: [{ key: 'b' }] } });
    expect(patched).toMatchObject({ spec: { tolerations: [{ key: 'b' }] } });
  });

  it('deletes an item, and replaces a map or a list, where it is told to', () => {
    expect(
      strategic(pod, { spec: { containers: [{ name: 'log', $patch: 'delete' }] } }),
    ).toMatchObject({ spec: { containers: [{ name: 'web' }] } });
    expect(strategic(pod, { spec: { $patch: 'replace', containers: [{ name: 'x' }] } })).toEqual({
      spec: { containers: [{ name: 'x' }] },
    });
    expect(
      strategic(pod, { spec: { containers: [{ $patch: 'replace' }, { name: 'x' }] } }),
    ).toMatchObject({ spec: { containers: [{ name: 'x' }] } });
  });

  it('orders a list as the patch says, with what only the server has in its place', () => {
    const patched = strategic(pod, {
      spec: {
        $setElementOrder: 'ignored',
        '$setElementOrder/containers': [{ name: 'new' }, { name: 'web' }],
        containers: [{ name: 'new', image: 'new:1' }],
      },
    });
    expect(patched).toMatchObject({
      spec: { containers: [{ name: 'new' }, { name: 'web' }, { name: 'log' }] },
    });
  });

  it('joins and removes plain values', () => {
    const target = { metadata: { finalizers: ['a', 'b'] } };
    expect(strategic(target, { metadata: { finalizers: ['c', 'a'] } })).toEqual({
      metadata: { finalizers: ['a', 'b', 'c'] },
    });
    expect(
      strategic(target, { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } }),
    ).toEqual({ metadata: { finalizers: ['b'] } });
  });

  it('retains only the keys that the patch names, for unions', () => {
    const target = { spec: { volumes: [{ name: 'v', emptyDir: {} }] } };
    const patch = {
      spec: { volumes: [{ name: 'v', $retainKeys: ['name', 'secret'], secret: {} }] },
    };
    expect(strategic(target, patch)).toEqual({ spec: { volumes: [{ name: 'v', secret: {} }] } });
  });
});

describe('the other patches', () => {
  it('merge maps and drop nulls (RFC 7386)', () => {
    expect(applyMerge({ a: { b: 1, c: 2 }, d: [1] }, { a: { b: null }, d: [2] }, podType)).toEqual({
      a: { c: 2 },
      d: [2],
    });
  });

  it('run operations, and refuse all of them where one fails (RFC 6902)', () => {
    const add = { op: 'add', path: '/b', value: 2 };
    expect(applyJson({ a: 1 }, [add], podType)).toEqual({ a: 1, b: 2 });
    expect(() => applyJson({ a: 1 }, [add, { op: 'test', path: '/a', value: 9 }], podType)).toThrow(
      'the server rejected our request due to an error in our request',
    );
  });

  it('are known by their media types; server-side apply is not among them', async () => {
    await expect(patcherOf('application/apply-patch+yaml')).rejects.toThrow('unknown format');
  });
});

describe('the operations of a JSON patch', () => {
  const patch = (operations: readonly JsonObject[]) => {
    const target: JsonObject = { metadata: { name: 'a' }, data: { text: 'x'.repeat(1000) } };
    return applyJson(target, operations, podType);
  };

  it('reach nothing but the object', () => {
    const paths = ['/toString/call', '/metadata/name/at/call', '/data/__proto__/polluted'];
    for (const path of [...paths, '/constructor/prototype/polluted']) {
      expect(() => patch([{ op: 'add', path, value: 1 }])).toThrow('the server rejected');
    }
    for (const [value, method] of [
      [{}, 'toString'],
      [String.prototype, 'at'],
    ] as const) {
      expect(Reflect.ownKeys(Reflect.get(value, method) as object)).not.toContain('call');
    }
  });

  it('add a field of any name', () => {
    const value = { x: '1' };
    const patched = patch([{ op: 'add', path: '/metadata/labels', value }]);
    expect(patched).toMatchObject({ metadata: { labels: value } });
    expect(patch([{ op: 'add', path: '/data/constructor', value: '1' }])).toMatchObject({
      data: { constructor: '1' },
    });
  });

  it('copy no more than an object may weigh', () => {
    const copies = Array.from({ length: 16 }, (_, index) => ({
      op: 'copy',
      from: '/data',
      path: `/data/copy-${index}`,
    }));
    expect(() => patch(copies)).toThrow('the server rejected');
    const tests = { op: 'test', path: '/metadata/name', value: 'a' };
    expect(() => patch(Array.from({ length: 10_001 }, () => tests))).toThrow(
      'The allowed maximum operations in a JSON patch is 10000, got 10001',
    );
  });
});

it('is refused where it is deeper than an object may be', () => {
  const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
  expect(() => parsePatch(Buffer.from(deep))).toThrow('exceeded max depth');
});
