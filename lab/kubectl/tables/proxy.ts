/** Through the apiserver to pods, Services and nodes. */
import type { Group } from '../command.ts';

const catalog = '/api/v1/namespaces/shop/services/catalog';

export const proxy: Group = {
  name: 'proxy',
  steps: [
    { run: `get --raw ${catalog}/proxy/readyz`, prints: /./ },
    { run: `get --raw ${catalog}:80/proxy/hello?format=text`, prints: /\/hello\?format=text/ },
    // The slash is added by a redirect, which kubectl follows.
    { run: `get --raw ${catalog}/proxy`, prints: /"name": "catalog-/ },
    {
      run: 'get --raw /api/v1/namespaces/shop/services/https:checkout:https/proxy/readyz',
      prints: /./,
    },
    { run: 'get --raw /api/v1/namespaces/default/pods/web-0/proxy/', prints: /"name": "web-0"/ },
    { run: 'get --raw /api/v1/namespaces/default/pods/web-0:8080/proxy/', prints: /"web-0"/ },
    { run: 'get --raw /api/v1/nodes/node-1/proxy/healthz', prints: 'ok' },
    {
      run: 'get --raw /api/v1/namespaces/shop/services/nosuch/proxy/',
      fails: /Error from server \(NotFound\): services "nosuch" not found/,
    },
    {
      run: 'get --raw /api/v1/namespaces/shop/services/catalog:81/proxy/',
      fails:
        /Error from server \(ServiceUnavailable\): no service port 81 found for service "catalog"/,
    },
    {
      run: 'get --raw /api/v1/namespaces/default/pods/web-0:http/proxy/',
      fails: /Error from server \(BadRequest\): invalid pod request/,
    },
    {
      run: 'get --raw /api/v1/nodes/node-1/proxy/healthz --as=ada',
      fails:
        /Error from server \(Forbidden\): nodes "[^"]+" is forbidden: User "ada" cannot get resource "nodes\/proxy"/,
    },
    {
      run: 'auth can-i get services/catalog:80 --subresource=proxy -n shop --as=ada',
      prints: 'yes',
    },
    { run: 'auth can-i create nodes --subresource=proxy --as=ada', fails: /./, prints: 'no' },
  ],
};
