/** The apiserver proxy in tables: names, where they lead, verbs, roles, links. */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';
import { verbs } from '../methods.ts';
import { linkAttributes } from '../rewrite/link-attributes.ts';

type Fact = z.input<typeof tableSchema>;

/** The grammar of the name before `/proxy`, by upstream's own cases (specification 2.2). */
const nameCases = [
  ['name', 'aoeu', '', 'aoeu', ''],
  ['name-and-port', 'aoeu:asdf', '', 'aoeu', 'asdf'],
  ['empty-port', 'aoeu:', '', 'aoeu', ''],
  ['all-three', 'https:aoeu:asdf', 'https', 'aoeu', 'asdf'],
  ['scheme-without-port', 'https:aoeu:', 'https', 'aoeu', ''],
  ['http-too', 'http:aoeu:asdf', 'http', 'aoeu', 'asdf'],
  ['looks-like-a-scheme', 'https:aoeu', '', 'https', 'aoeu'],
] as const;

const invalidNames = [
  ['no-name', ':asdf'],
  ['unknown-scheme', 'aoeu:asdf:htns'],
  ['scheme-without-name', 'http::asdf'],
  ['scheme-alone', 'http::'],
  ['nothing', ''],
] as const;

const names: Fact = {
  id: 'names',
  columns: [
    { id: 'input', kind: 'code' },
    { id: 'scheme', kind: 'code' },
    { id: 'name', kind: 'code' },
    { id: 'port', kind: 'code' },
    { id: 'isValid', kind: 'yes-no' },
  ],
  rows: [
    ...nameCases.map(([id, input, scheme, name, port]) => ({
      id,
      cells: { input, scheme, name, port, isValid: true },
    })),
    ...invalidNames.map(([id, input]) => ({
      id,
      cells: { input, scheme: '', name: '', port: '', isValid: false },
    })),
  ],
};

const kubeletPort = 10_250;

const resolution: Fact = {
  id: 'resolution',
  columns: [
    { id: 'resource', kind: 'code' },
    { id: 'name', kind: 'code' },
    { id: 'leads', kind: 'words' },
  ],
  rows: [
    { id: 'service-unnamed', cells: { resource: 'services', name: 'catalog' } },
    { id: 'service-named', cells: { resource: 'services', name: 'front:http' } },
    { id: 'service-number', cells: { resource: 'services', name: 'front:80' } },
    { id: 'service-https', cells: { resource: 'services', name: 'https:checkout:443' } },
    { id: 'pod', cells: { resource: 'pods', name: 'web-0', http: 80, https: 443 } },
    { id: 'pod-port', cells: { resource: 'pods', name: 'web-0:8080' } },
    { id: 'node', cells: { resource: 'nodes', name: 'node-1', port: kubeletPort } },
    { id: 'node-kubelet', cells: { resource: 'nodes', name: `http:node-1:${kubeletPort}` } },
    { id: 'node-port', cells: { resource: 'nodes', name: 'node-1:30080' } },
  ],
};

const verbTable: Fact = {
  id: 'verbs',
  columns: [
    { id: 'methods', kind: 'code' },
    { id: 'verb', kind: 'code' },
    { id: 'note', kind: 'words' },
  ],
  rows: [...Map.groupBy(Object.entries(verbs), ([, verb]) => verb)].map(([verb, methods]) => ({
    id: verb === '' ? 'no-verb' : verb,
    cells: { methods: methods.map(([method]) => method), verb },
  })),
};

const everyVerb = '*';

/** What the roles that every cluster has allow (`plugin/pkg/auth/authorizer/rbac/bootstrappolicy`). */
const roles = [
  { id: 'cluster-admin', resources: ['nodes/proxy', 'pods/proxy', 'services/proxy'] },
  { id: 'admin', resources: ['pods/proxy', 'services/proxy'] },
  { id: 'edit', resources: ['pods/proxy', 'services/proxy'] },
  { id: 'view', resources: [] },
  { id: 'system:kubelet-api-admin', resources: ['nodes/proxy'] },
] as const;

const roleTable: Fact = {
  id: 'roles',
  columns: [
    { id: 'role', kind: 'code' },
    { id: 'resources', kind: 'code' },
    { id: 'note', kind: 'words' },
  ],
  rows: roles.map(({ id, resources }) => ({
    id: id.replace(':', '-'),
    cells: { role: id, resources, everyVerb },
  })),
};

const rewriting: Fact = {
  id: 'rewriting',
  columns: [
    { id: 'element', kind: 'code' },
    { id: 'attributes', kind: 'code' },
  ],
  rows: Object.entries(linkAttributes).map(([element, attributes]) => ({
    id: element,
    cells: { element, attributes },
  })),
};

export const tables: readonly Fact[] = [names, resolution, verbTable, roleTable, rewriting];
