import * as z from 'zod';
import type { Group } from '../command.ts';
import { configMap, list } from './shapes.ts';

const names = ['alpha', 'beta', 'gamma'];

/** `get` in all its forms. */
export const get: Group = {
  name: 'get',
  files: {
    'maps.yaml': names
      .map(
        (name, index) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, labels: { app: ${name}, tier: ${index === 0 ? 'front' : 'back'} } }
data: { order: "${3 - index}" }
---`,
      )
      .join(''),
    'columns.txt': 'NAME           ORDER\n.metadata.name .data.order\n',
    'list.gotemplate': '{{range .items}}{{.metadata.name}} {{end}}',
  },
  steps: [
    {
      run: 'create -f maps.yaml',
      prints: names.map((name) => `configmap/${name} created`).join('\n'),
    },
    {
      run: 'get configmaps -l tier',
      prints: 'NAME DATA AGE\nalpha 1 AGE\nbeta 1 AGE\ngamma 1 AGE',
    },
    { run: 'get cm alpha --no-headers', prints: 'alpha 1 AGE' },
    { run: 'get cm -l tier=back -o name', prints: 'configmap/beta\nconfigmap/gamma' },
    { run: "get cm -l 'tier in (front, middle),app!=beta' -o name", prints: 'configmap/alpha' },
    {
      run: "get cm -l 'tier notin (front),tier' -o name",
      prints: 'configmap/beta\nconfigmap/gamma',
    },
    { run: "get cm -l '!tier,app' -o name", prints: '' },
    { run: 'get cm --field-selector metadata.name=beta -o name', prints: 'configmap/beta' },
    {
      run: 'get cm -l tier --field-selector metadata.name!=beta -o name',
      prints: 'configmap/alpha\nconfigmap/gamma',
    },
    {
      run: 'get cm -l tier --show-labels',
      prints:
        'NAME DATA AGE LABELS\nalpha 1 AGE app=alpha,tier=front\nbeta 1 AGE app=beta,tier=back\ngamma 1 AGE app=gamma,tier=back',
    },
    {
      run: 'get cm -l tier -L app,tier',
      prints:
        'NAME DATA AGE APP TIER\nalpha 1 AGE alpha front\nbeta 1 AGE beta back\ngamma 1 AGE gamma back',
    },
    {
      run: 'get cm -l tier --sort-by={.data.order} -o name',
      prints: 'configmap/gamma\nconfigmap/beta\nconfigmap/alpha',
    },
    { run: 'get cm alpha -o json', shape: configMap },
    { run: 'get cm -l tier -o json', shape: list(configMap) },
    {
      run: 'get cm alpha -o yaml',
      prints:
        'apiVersion: v1\ndata:\n  order: "3"\nkind: ConfigMap\nmetadata:\n  creationTimestamp: "TIME"\n  labels:\n    app: alpha\n    tier: front\n  name: alpha\n  namespace: NS\n  resourceVersion: RV\n  uid: UID',
    },
    { run: 'get cm alpha -o jsonpath={.data.order}', prints: '3' },
    {
      run: "get cm -l tier -o 'jsonpath={range .items[*]}{.metadata.name}={.data.order},{end}'",
      prints: 'alpha=3,beta=2,gamma=1,',
    },
    { run: "get cm alpha -o 'go-template={{.metadata.name}}'", prints: 'alpha' },
    { run: 'get cm -l tier -o go-template-file=list.gotemplate', prints: 'alpha beta gamma' },
    {
      run: 'get cm -l tier -o custom-columns=N:.metadata.name,O:.data.order',
      prints: 'N O\nalpha 3\nbeta 2\ngamma 1',
    },
    {
      run: 'get cm -l tier -o custom-columns-file=columns.txt',
      prints: 'NAME ORDER\nalpha 3\nbeta 2\ngamma 1',
    },
    {
      run: 'get cm -l tier -o wide',
      prints: 'NAME DATA AGE\nalpha 1 AGE\nbeta 1 AGE\ngamma 1 AGE',
    },
    {
      run: 'get cm -l tier --chunk-size=1',
      prints: 'NAME DATA AGE\nalpha 1 AGE\nbeta 1 AGE\ngamma 1 AGE',
    },
    { run: 'get cm -l tier -A -o name', prints: /^configmap\/alpha\n/ },
    { run: 'get cm -A -l app=gamma', prints: /^NAMESPACE NAME DATA AGE\n(.*\n)*NS gamma 1 AGE/ },
    { run: 'get cm/alpha cm/beta -o name', prints: 'configmap/alpha\nconfigmap/beta' },
    { run: 'get -f maps.yaml -o name', prints: 'configmap/alpha\nconfigmap/beta\nconfigmap/gamma' },
    { run: 'get all -o name', prints: /^$|^service/ },
    { run: 'get secrets,endpoints', prints: '', warns: 'No resources found in NS namespace.' },
    {
      run: 'get --raw /api/v1/namespaces/NS/configmaps?limit=1&labelSelector=tier',
      shape: z.object({
        kind: z.literal('ConfigMapList'),
        metadata: z.object({ continue: z.string(), resourceVersion: z.string() }),
        items: z.array(z.looseObject({})).length(1),
      }),
    },
    { run: 'get ns NS', prints: 'NAME STATUS AGE\nNS Active AGE' },
    { run: 'get nodes --ignore-not-found -l app=nothing -o name', prints: '' },
    { run: 'get cm nothing --ignore-not-found', prints: '' },
    {
      run: 'get cm -l tier --watch-only',
      play: (session) =>
        session.start('get cm -l tier --watch -o name', async (running) => {
          await running.printed(/configmap\/alpha\s+configmap\/beta\s+configmap\/gamma/);
          await session.run('create cm delta');
          await session.run('label cm delta tier=new');
          await running.printed(/configmap\/delta/);
        }),
    },
    {
      run: 'get cm -w --output-watch-events',
      play: (session) =>
        session.start('get cm -l new -w --output-watch-events', async (running) => {
          await session.run('label cm alpha new=1');
          await running.printed(/ADDED +alpha/);
          await session.run('annotate cm alpha a=b');
          await running.printed(/MODIFIED +alpha/);
          await session.run('delete cm alpha');
          await running.printed(/DELETED +alpha/);
        }),
    },
  ],
};
