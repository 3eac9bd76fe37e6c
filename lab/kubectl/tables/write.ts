import type { Group } from '../command.ts';
import { configMap, deployment } from './shapes.ts';

const map = (data: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: map }
data: { ${data} }
`;

/** Changing objects: apply, diff, edit, patch, replace. */
export const write: Group = {
  name: 'write',
  files: {
    'one.yaml': map('a: "1", b: "2"'),
    'two.yaml': map('a: "1", c: "3"'),
    'three.json':
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"map"},"data":{"d":"4"}}',
    'wrong.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: wrong }\nspec: { a: 1 }\n',
    'broken.yaml': 'apiVersion: v1\nkind: ConfigMap\n  metadata: { name: [broken }\n',
    'stranger.yaml': 'apiVersion: example.com/v1\nkind: Stranger\nmetadata: { name: x }\n',
    'patch.yaml': 'data: { f: "6" }\n',
    'editor.sh': '#!/bin/sh\nsed -i -e "s/four/five/" "$1"\n',
  },
  steps: [
    {
      run: 'diff -f one.yaml',
      play: async (session) => {
        const { code, stdout } = await session.run('diff -f one.yaml');
        if (code !== 1 || !/^\+ +a: "1"$/m.test(stdout)) throw new Error(`${code}: ${stdout}`);
      },
    },
    { run: 'apply -f one.yaml --dry-run=server', prints: 'configmap/map created (server dry run)' },
    { run: 'apply -f one.yaml --dry-run=client', prints: 'configmap/map created (dry run)' },
    { run: 'apply -f one.yaml', prints: 'configmap/map created' },
    { run: 'apply -f one.yaml', prints: 'configmap/map unchanged' },
    { run: 'diff -f one.yaml', prints: '' },
    {
      run: 'diff -f two.yaml',
      play: async (session) => {
        const { code, stdout } = await session.run('diff -f two.yaml');
        const isRight = /^- +b: "2"$/m.test(stdout) && /^\+ +c: "3"$/m.test(stdout);
        if (code !== 1 || !isRight) throw new Error(`${code}: ${stdout}`);
      },
    },
    { run: 'apply -f two.yaml', prints: 'configmap/map configured' },
    { run: 'get cm map -o jsonpath={.data}', prints: '{"a":"1","c":"3"}' },
    { run: 'apply -f - -o json', stdin: map('a: "1"'), shape: configMap },
    { run: 'apply view-last-applied cm/map', prints: /data:\n {2}a: "1"\nkind: ConfigMap/ },
    { run: 'apply set-last-applied -f two.yaml', prints: 'configmap/map configured' },
    {
      run: `patch cm map -p {"data":{"e":"four"}}`,
      prints: 'configmap/map patched',
    },
    { run: 'patch cm map --type=merge -p {"data":{"a":null}}', prints: 'configmap/map patched' },
    {
      run: `patch cm map --type=json -p '[{"op":"add","path":"/data/g","value":"7"},{"op":"test","path":"/data/e","value":"four"}]'`,
      prints: 'configmap/map patched',
    },
    {
      run: 'patch cm map --type=merge -p {"data":{"g":"7"}}',
      prints: 'configmap/map patched (no change)',
    },
    {
      run: 'patch cm map --type=merge --patch-file patch.yaml -o jsonpath={.data}',
      prints: '{"e":"four","f":"6","g":"7"}',
      since: { minor: 21, because: '--patch-file is of 1.21' },
    },
    {
      run: `patch cm map --type=json -p '[{"op":"test","path":"/data/e","value":"five"}]'`,
      fails:
        /the server rejected our request due to an error in our request|The request is invalid/,
    },
    {
      run: 'edit cm map',
      env: { KUBE_EDITOR: 'sh editor.sh' },
      prints: 'configmap/map edited',
    },
    { run: 'get cm map -o jsonpath={.data.e}', prints: 'five' },
    {
      run: 'edit cm map',
      env: { KUBE_EDITOR: 'true' },
      prints: /^(Edit cancelled, no changes made\.)?$/,
    },
    { run: 'replace -f three.json', prints: 'configmap/map replaced' },
    { run: 'get cm map -o jsonpath={.data}', prints: '{"d":"4"}' },
    {
      run: 'replace --force -f one.yaml',
      prints: 'configmap "map" deleted\nconfigmap/map replaced',
    },
    {
      run: 'create -f wrong.yaml',
      fails: /unknown field "spec"/,
    },
    {
      run: 'create -f wrong.yaml --validate=warn',
      prints: 'configmap/wrong created',
      warns: 'Warning: unknown field "spec"',
      since: { minor: 25, because: '--validate was a boolean before' },
    },
    {
      run: 'replace -f wrong.yaml --validate=ignore',
      prints: 'configmap/wrong replaced',
      warns: '',
      since: { minor: 25, because: '--validate was a boolean before' },
    },
    {
      run: 'apply -f broken.yaml',
      fails: /error parsing broken\.yaml|error converting YAML to JSON/,
    },
    {
      run: 'apply -f stranger.yaml',
      fails: /no matches for kind "Stranger" in version "example\.com\/v1"/,
    },
    {
      run: 'create deployment web --image=echo --replicas=0 -o json',
      shape: deployment.omit({ metadata: true }),
    },
    { run: 'get deployment web -o json', shape: deployment },
    {
      run: 'set image deployment/web *=echo:2',
      prints: 'deployment.apps/web image updated',
    },
    {
      run: 'set env deployment/web COLOR=red SHAPE=round',
      prints: 'deployment.apps/web env updated',
    },
    { run: 'set env deployment/web --list', prints: /COLOR=red\nSHAPE=round/ },
    { run: 'set env deployment/web SHAPE-', prints: 'deployment.apps/web env updated' },
    {
      run: 'set resources deployment/web --limits=cpu=200m,memory=64Mi',
      prints: 'deployment.apps/web resource requirements updated',
    },
    {
      run: 'set serviceaccount deployment/web builder',
      prints: 'deployment.apps/web serviceaccount updated',
    },
    {
      run: `get deployment web -o 'jsonpath={.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].env} {.spec.template.spec.containers[0].resources.limits.memory} {.spec.template.spec.serviceAccountName}'`,
      prints: 'echo:2 [{"name":"COLOR","value":"red"}] 64Mi builder',
    },
    { run: 'scale deployment/web --replicas=3', prints: 'deployment.apps/web scaled' },
    {
      run: 'scale deployment/web --current-replicas=2 --replicas=1',
      fails: /Expected replicas to be 2, was 3/i,
    },
    { run: 'scale deployment/web --replicas=0', prints: 'deployment.apps/web scaled' },
    {
      run: 'get deployment web -o wide',
      prints:
        'NAME READY UP-TO-DATE AVAILABLE AGE CONTAINERS IMAGES SELECTOR\nweb 0/0 0 0 AGE echo echo:2 app=web',
    },
    {
      run: 'autoscale deployment/web --max=3',
      fails: /could not find|no matches for kind "HorizontalPodAutoscaler"/,
    },
    {
      run: 'get --raw /apis/apps/v1/namespaces/NS/deployments/web/scale',
      prints: /"kind": ?"Scale"/,
    },
  ],
};
