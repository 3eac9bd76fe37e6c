import { at, listAt, textAt, type ApiObject } from '../api-object.ts';
import { ageColumn, column, nameColumn, textColumn } from '../columns.ts';
import { proxySubresource } from '../proxy/proxy-subresource.ts';
import { allVerbs, type Column, type Resource } from '../resource.ts';

export const nodes: Resource = {
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  singular: 'node',
  namespaced: false,
  verbs: allVerbs,
  shortNames: ['no'],
  schema: 'io.k8s.api.core.v1.Node',
  hasStatus: true,
  subresources: [proxySubresource('nodes', 'NodeProxyOptions')],
  selectableFields: {
    'spec.unschedulable': (node) => String(at(node, 'spec', 'unschedulable') === true),
  },
  columns: [
    nameColumn,
    column('Status', 'Whether the node is ready.', statusOf),
    column('Roles', 'What the node is for.', rolesOf),
    ageColumn,
    textColumn('Version', 'The version of its kubelet.', ['status', 'nodeInfo', 'kubeletVersion']),
    address('Internal-IP', 'InternalIP'),
    address('External-IP', 'ExternalIP'),
    info('OS-Image', 'osImage'),
    info('Kernel-Version', 'kernelVersion'),
    info('Container-Runtime', 'containerRuntimeVersion'),
  ],
};

function statusOf(node: ApiObject): string {
  const ready = listAt(node, 'status', 'conditions').find(
    (condition) => textAt(condition, 'type') === 'Ready',
  );
  const status = !ready ? 'Unknown' : textAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady';
  return at(node, 'spec', 'unschedulable') === true ? `${status},SchedulingDisabled` : status;
}

const rolePrefix = 'node-role.kubernetes.io/';

function rolesOf(node: ApiObject): string {
  const roles = Object.keys(node.metadata.labels ?? {})
    .filter((label) => label.startsWith(rolePrefix))
    .map((label) => label.slice(rolePrefix.length))
    .sort();
  return roles.length === 0 ? '<none>' : roles.join(',');
}

function address(name: string, type: string): Column {
  const cell = (node: ApiObject) => {
    const found = listAt(node, 'status', 'addresses').find((one) => textAt(one, 'type') === type);
    return textAt(found, 'address') || '<none>';
  };
  return column(name, `Its address of the type ${type}.`, cell, { priority: 1 });
}

function info(name: string, field: string): Column {
  return textColumn(name, `Its ${field}.`, ['status', 'nodeInfo', field], {
    none: '<unknown>',
    priority: 1,
  });
}
