import { describe, expect, it } from 'vitest';
import { readRequest } from './request-info.ts';
import { placeOf } from './proxied-path.ts';

const web = '/api/v1/namespaces/default/services/https:web:443/proxy';

/** What the authorizer decides on, and what is passed on. */
function read(target: string) {
  const info = readRequest('GET', target);
  const { resource, subresource, namespace, name } = info;
  return { object: `${resource}/${subresource} ${namespace}/${name}`, ...placeOf(info) };
}

describe('a proxied path', () => {
  it.each([
    [web, web, ''],
    [`${web}/`, web, '/'],
    [`${web}?x=/proxy/`, web, ''],
    [`${web}/a/b/?x=1`, web, '/a/b/'],
    [`${web}//a//b`, web, '//a//b'],
    [`${web}/a%20b+c%C3%A9%25`, web, '/a b+cé%'],
    [`${web}/proxy/proxy`, web, '/proxy/proxy'],
    [`${web}/../../x`, web, '/../../x'],
    [`${web}/%2e%2e/%2e%2e/x`, web, '/../../x'],
    [`${web}%2Fa`, web, '/a'],
    ['/api/v1/namespaces/default/services/https%3Aweb%3A443/proxy/', web, '/'],
    ['//api/v1//namespaces/default///services/https:web:443//proxy//a', web, '//a'],
    ['/api/v1/nodes/node-1/proxy/pods/', '/api/v1/nodes/node-1/proxy', '/pods/'],
  ])('%s', (target, prefix, subpath) => {
    expect(placeOf(readRequest('GET', target))).toEqual({ prefix, subpath });
  });

  it.each([
    // Whatever stands before `proxy` is one segment: an escaped slash ends it for both readers.
    [
      '/api/v1/namespaces/default/services/a%2Fproxy%2Fb/proxy/c',
      'services/proxy default/a',
      '/api/v1/namespaces/default/services/a/proxy',
      '/b/proxy/c',
    ],
    [
      '/api/v1/namespaces/default/services/../proxy/c',
      'services/proxy default/..',
      '/api/v1/namespaces/default/services/../proxy',
      '/c',
    ],
    [
      '/api/v1/namespaces/default/pods/%2e%2e/proxy/services/web/proxy/',
      'pods/proxy default/..',
      '/api/v1/namespaces/default/pods/../proxy',
      '/services/web/proxy/',
    ],
  ])('%s is authorized as the object that is reached', (target, object, prefix, subpath) => {
    expect(read(target)).toEqual({ object, prefix, subpath });
  });

  it('is no proxied path where dots lead to one', () => {
    const target = '/api/v1/namespaces/default/configmaps/../services/web/proxy/';
    expect(read(target).object).toBe('configmaps/services default/..');
  });

  it('stands behind the verb no longer', () => {
    const info = readRequest('GET', '/api/v1/proxy/namespaces/default/services/web/proxy/x');
    expect(info).toMatchObject({ verb: 'proxy', resource: 'services', name: 'web' });
    expect(info.subresource).toBe('');
  });
});
