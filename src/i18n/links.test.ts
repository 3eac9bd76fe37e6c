import { describe, expect, it } from 'vitest';
import { isInternal, localizedPath } from './links.ts';

describe('links', () => {
  it.each([
    ['', '/it/'],
    ['/', '/it/'],
    ['kubectl-proxy', '/it/kubectl-proxy/'],
    ['/kubectl-proxy/', '/it/kubectl-proxy/'],
    ['/kubectl-proxy/#flags', '/it/kubectl-proxy/#flags'],
    ['/#proxies', '/it/#proxies'],
    ['/it/kubectl-proxy/#flags', '/it/kubectl-proxy/#flags'],
    ['/it/', '/it/'],
    ['/italian/', '/it/italian/'],
  ])('stay in the language: %s', (target, path) => {
    expect(localizedPath('it', target)).toBe(path);
  });

  it('that leave the site are left alone', () => {
    expect(
      ['https://kubernetes.io/', '//example.com/', '#flags', 'mailto:a@b'].map(isInternal),
    ).toEqual([false, false, false, false]);
  });
});
