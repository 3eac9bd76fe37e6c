import * as z from 'zod';
import type { Group } from '../command.ts';

/** Who may do what. */
export const access: Group = {
  name: 'access',
  files: {
    'role.yaml': `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: viewer, namespace: NS }
rules: [{ apiGroups: [""], resources: ["pods", "configmaps"], verbs: ["get", "list"] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: viewers, namespace: NS }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: viewer }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: User, name: alice }]
`,
  },
  steps: [
    { run: 'auth can-i delete pods', prints: 'yes' },
    { run: 'auth can-i delete pods --as alice', prints: 'no', fails: /^(Error: exit status 1)?$/ },
    {
      run: 'auth reconcile -f role.yaml',
      prints: /viewer reconciled[^]*viewers reconciled/,
    },
    { run: 'auth can-i list pods --as alice', prints: 'yes' },
    { run: 'auth can-i get pods --subresource=log --as alice', prints: 'no', fails: /^$/ },
    { run: 'auth can-i list pods --as alice -A', prints: 'no', fails: /^$/ },
    {
      run: 'auth can-i --list --as alice',
      prints:
        /^Resources Non-Resource URLs Resource Names Verbs[^]*configmaps \[\] \[\] \[get list\]/,
    },
    { run: 'auth can-i get /version --as alice', prints: 'yes' },
    { run: 'get cm --as alice -o name', prints: /^(configmap\/kube-root-ca\.crt)?$/ },
    {
      run: 'create cm x --as alice',
      fails:
        /configmaps is forbidden: User "alice" cannot create resource "configmaps" in API group "" in the namespace "NS"/,
    },
    {
      run: 'auth whoami',
      prints:
        /^ATTRIBUTE VALUE\nUsername kubernetes-admin\nGroups \[system:masters system:authenticated\]/,
      since: { minor: 28, because: 'before it asks for a beta of the review' },
    },
    {
      run: 'auth whoami -o json',
      shape: z.object({
        kind: z.literal('SelfSubjectReview'),
        status: z.object({ userInfo: z.object({ username: z.literal('kubernetes-admin') }) }),
      }),
      since: { minor: 28, because: 'before it asks for a beta of the review' },
    },
    {
      run: 'get --raw /apis/rbac.authorization.k8s.io/v1/clusterroles/cluster-admin',
      shape: z.object({ kind: z.literal('ClusterRole') }),
    },
  ],
};
