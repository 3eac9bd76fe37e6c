/** What the bastion itself must be allowed, and nothing else: the rules of its ClusterRole. */

export interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
}

const create = ['create'];
const follow = ['get', 'list', 'watch'];

export const rights: readonly Right[] = [
  { group: 'authentication.k8s.io', resource: 'tokenreviews', verbs: create },
  { group: 'authorization.k8s.io', resource: 'subjectaccessreviews', verbs: create },
  { group: '', resource: 'services', verbs: follow },
  { group: '', resource: 'pods', verbs: follow },
  { group: '', resource: 'nodes', verbs: follow },
  { group: 'discovery.k8s.io', resource: 'endpointslices', verbs: follow },
];

/** As rules of a ClusterRole, in YAML. */
export function rulesOf(list: readonly Right[]): string {
  return list
    .map(({ group, resource, verbs }) =>
      [
        `- apiGroups: ["${group}"]`,
        `  resources: ["${resource}"]`,
        `  verbs: [${verbs.map((verb) => `"${verb}"`).join(', ')}]`,
      ].join('\n'),
    )
    .join('\n');
}
