import { describe, expect, it } from 'vitest';
import { pods } from './resources/pods.ts';
import { parseFieldSelector, parseLabelSelector } from './selectors.ts';

const labels = { app: 'web', tier: 'front', size: '3' };

describe('a label selector', () => {
  it.each([
    ['', true],
    ['app=web', true],
    ['app==web,tier!=back', true],
    ['app!=web', false],
    ['missing!=x', true],
    ['app', true],
    ['!app', false],
    ['!missing', true],
    ['app in (web, api)', true],
    ['app notin (web)', false],
    ['missing notin (web)', true],
    ['app in (api),tier=front', false],
    ['size>2', true],
    ['size<2', false],
  ])('%s selects %s', (selector, isSelected) => {
    expect(parseLabelSelector(selector)(labels)).toBe(isSelected);
  });

  it('is refused where it cannot be read', () => {
    expect(() => parseLabelSelector('a b c')).toThrow('unable to parse requirement');
    expect(() => parseLabelSelector('-app=web')).toThrow('unable to parse requirement');
  });

  it('takes time by its length alone', () => {
    const values = Array.from({ length: 30_000 }, (_, index) => `v${index}`);
    const selector = [...values.map((value) => `app!=${value}`), `tier in (${values.join(',')})`];
    const startedAt = performance.now();
    expect(parseLabelSelector(selector.join(','))(labels)).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});

describe('a field selector', () => {
  const pod = { metadata: { name: 'web-0', namespace: 'default' }, spec: { nodeName: 'node-1' } };

  it.each([
    ['metadata.name=web-0', true],
    ['spec.nodeName=node-1,metadata.namespace!=kube-system', true],
    ['spec.nodeName==node-2', false],
    ['status.phase=', true],
  ])('%s selects %s', (selector, isSelected) => {
    expect(parseFieldSelector(selector, pods)(pod)).toBe(isSelected);
  });

  it('names only the fields that the resource declares', () => {
    expect(() => parseFieldSelector('spec.image=x', pods)).toThrow(
      'field label not supported: spec.image',
    );
  });
});
