import type { Group } from '../command.ts';

/** What goes wrong, and in which words. */
export const errors: Group = {
  name: 'errors',
  files: { 'bad-name.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: Not_A_Name }\n' },
  steps: [
    { run: 'get pod nothing', fails: 'Error from server (NotFound): pods "nothing" not found' },
    {
      run: 'get deployment nothing',
      fails: 'Error from server (NotFound): deployments.apps "nothing" not found',
    },
    {
      run: 'get frobnicators',
      fails: `error: the server doesn't have a resource type "frobnicators"`,
    },
    { run: 'get pods', prints: '', warns: 'No resources found in NS namespace.' },
    {
      run: 'get pods --as alice',
      fails:
        'Error from server (Forbidden): pods is forbidden: User "alice" cannot list resource "pods" in API group "" in the namespace "NS"',
    },
    {
      run: 'get secret x --as system:serviceaccount:NS:default',
      fails:
        'Error from server (Forbidden): secrets "x" is forbidden: User "system:serviceaccount:NS:default" cannot get resource "secrets" in API group "" in the namespace "NS"',
    },
    {
      run: 'get pods --server https://127.0.0.1:1',
      fails:
        /The connection to the server IP:1 was refused - did you specify the right host or port\?/,
    },
    {
      run: 'create -f bad-name.yaml',
      fails:
        /The ConfigMap "Not_A_Name" is invalid: metadata\.name: Invalid value: "Not_A_Name": a lowercase RFC 1123 subdomain/,
    },
    {
      run: 'create cm x -n nowhere',
      fails:
        /error: failed to create configmap: namespaces "nowhere" not found|Error from server \(NotFound\): namespaces "nowhere" not found/,
    },
    { run: 'get pods -l =', fails: /unable to parse requirement|invalid label/i },
    {
      run: 'get pods --field-selector spec.frobnicate=1',
      fails: /field label not supported: spec\.frobnicate/,
    },
    {
      run: 'get --raw /api/v1/frobnicators',
      fails: /the server could not find the requested resource|NotFound/,
    },
    { run: 'top pods', fails: 'error: Metrics API not available' },
    { run: 'top nodes', fails: 'error: Metrics API not available' },
    {
      run: 'create deployment web --image=echo --replicas=0',
      prints: 'deployment.apps/web created',
    },
    { run: 'create deployment web --image=echo', fails: /deployments\.apps "web" already exists/ },
    {
      run: 'delete namespace kube-system',
      fails: /namespaces "kube-system" is forbidden: this namespace may not be deleted/,
    },
  ],
};
