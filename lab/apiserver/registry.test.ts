import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lazyEntry } from '../store/entry.ts';
import type { ApiObject } from './api-object.ts';
import { itemTextOf, objectOf, toStored } from './registry.ts';

const text = fc.string({ unit: 'binary' });
const labels = fc.dictionary(text, text, { maxKeys: 3, noNullPrototype: true });

const object = fc.record(
  {
    status: fc.record({ phase: text }),
    metadata: fc.record(
      {
        labels,
        annotations: labels,
        finalizers: fc.array(text),
        generation: fc.nat(),
        uid: fc.uuid(),
        resourceVersion: fc.constant('1'),
        namespace: text,
        generateName: text,
        name: text,
      },
      { requiredKeys: ['name'], noNullPrototype: true },
    ),
    spec: labels,
  },
  { requiredKeys: ['metadata'], noNullPrototype: true },
);

describe('an object as clients see it', () => {
  it('is the same whether it is put together from text or from values', () => {
    fc.assert(
      fc.property(object, fc.nat(), (sent, revision) => {
        const value = toStored(sent);
        const key = '/core/pods/default/a';
        const inMemory = { key, value, revision };
        const mirrored = lazyEntry<ApiObject>(key, revision, JSON.stringify(value));
        expect(itemTextOf(mirrored)).toBe(itemTextOf(inMemory));
        expect(itemTextOf(mirrored)).toBe(JSON.stringify(objectOf(mirrored)));
        expect(objectOf(mirrored)).toEqual(objectOf(inMemory));
        expect(objectOf(mirrored).metadata.resourceVersion).toBe(String(revision));
      }),
    );
  });

  it('is made once for an entry', () => {
    const entry = lazyEntry<ApiObject>('/a', 2, '{"metadata":{"name":"a"}}');
    expect(objectOf(entry)).toBe(objectOf(entry));
  });
});
