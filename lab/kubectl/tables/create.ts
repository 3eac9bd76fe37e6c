import * as z from 'zod';
import type { Group } from '../command.ts';
import { object, service } from './shapes.ts';

/** `create` and its kinds, `expose`, `label`, `annotate`, `delete`, `wait`. */
export const create: Group = {
  name: 'create',
  files: { 'settings.env': 'A=1\nB=2\n', 'page.html': '<p>hello</p>' },
  steps: [
    {
      run: 'create configmap settings --from-literal=color=red --from-file=page.html',
      prints: 'configmap/settings created',
    },
    {
      run: 'create cm env --from-env-file=settings.env -o jsonpath={.data}',
      prints: '{"A":"1","B":"2"}',
    },
    { run: 'create secret generic word --from-literal=key=abc', prints: 'secret/word created' },
    { run: 'get secret word -o jsonpath={.data.key}', prints: 'YWJj' },
    { run: 'get secret word', prints: 'NAME TYPE DATA AGE\nword Opaque 1 AGE' },
    {
      run: 'create secret docker-registry pull --docker-server=r.example --docker-username=u --docker-password=p',
      prints: 'secret/pull created',
    },
    { run: 'create serviceaccount builder', prints: 'serviceaccount/builder created' },
    { run: 'get sa builder', prints: /^NAME (SECRETS )?AGE\nbuilder (0 )?AGE$/ },
    {
      run: 'create token builder --duration=1h',
      prints: /^[\w-]+\.[\w-]+\.[\w-]+$/,
      since: { minor: 24, because: 'the command is of 1.24' },
    },
    {
      run: 'create role reader --verb=get,list --resource=pods',
      prints: 'role.rbac.authorization.k8s.io/reader created',
    },
    {
      run: 'create rolebinding readers --role=reader --serviceaccount=NS:builder --user=alice',
      prints: 'rolebinding.rbac.authorization.k8s.io/readers created',
    },
    {
      run: 'get role,rolebinding -o name',
      prints:
        'role.rbac.authorization.k8s.io/reader\nrolebinding.rbac.authorization.k8s.io/readers',
    },
    {
      run: 'describe role reader',
      prints: /Name: reader[^]*Resources +Non-Resource URLs[^]*pods +\[\] +\[\] +\[get list\]/,
    },
    {
      run: 'describe rolebinding readers',
      prints: /Kind: Role\s+Name: reader[^]*ServiceAccount +builder/,
    },
    { run: 'create service clusterip plain --tcp=80:8080', prints: 'service/plain created' },
    {
      run: 'create service nodeport open --tcp=80 -o json',
      shape: service.omit({ metadata: true }),
    },
    { run: 'create service loadbalancer cloud --tcp=443:8443', prints: 'service/cloud created' },
    {
      run: 'create service externalname far --external-name=example.com',
      prints: 'service/far created',
    },
    { run: 'create service clusterip headless --clusterip=None', prints: /created|Invalid/ },
    {
      run: 'get service plain open cloud far',
      prints:
        /^NAME TYPE CLUSTER-IP EXTERNAL-IP PORT\(S\) AGE\nplain ClusterIP IP <none> 80\/TCP AGE\nopen NodePort IP <none> 80:\d+\/TCP AGE\ncloud LoadBalancer IP (<pending>|[\d.,a-f:]+) 443:\d+\/TCP AGE\nfar ExternalName <none> example\.com <none> AGE$/,
    },
    { run: 'get svc plain -o json', shape: service },
    {
      run: 'describe service open',
      prints: /Name: open[^]*Type: NodePort[^]*NodePort: 80 \d+\/TCP/,
    },
    {
      run: 'create service nodeport taken --tcp=80 --node-port=80',
      fails:
        /spec\.ports\[0\]\.nodePort: Invalid value: 80: provided port is not in the valid range\. The range of valid ports is 30000-32767/,
    },
    {
      run: 'create deployment web --image=echo --replicas=0 --port=8080',
      prints: 'deployment.apps/web created',
    },
    { run: 'expose deployment web --port=80 --target-port=8080', prints: 'service/web exposed' },
    { run: 'get svc web -o jsonpath={.spec.selector}', prints: '{"app":"web"}' },
    { run: 'create namespace NS-more', prints: 'namespace/NS-more created' },
    { run: 'describe namespace NS-more', prints: /Name: NS-more[^]*Status: Active/ },
    { run: 'delete namespace NS-more', prints: /^namespace "NS-more" deleted$/ },
    {
      run: 'create quota x --hard=pods=1',
      fails: /could not find the requested resource|no matches for kind/,
    },
    { run: 'label cm settings tier=front', prints: 'configmap/settings labeled' },
    {
      run: 'label cm settings tier=back',
      fails: /already has a value \(front\), and --overwrite is false/,
    },
    { run: 'label cm settings tier=back --overwrite', prints: 'configmap/settings labeled' },
    { run: 'label cm settings tier-', prints: /configmap\/settings (un)?labeled/ },
    { run: 'label cm settings a=b/c', fails: /[Ii]nvalid/ },
    {
      run: 'label cm --all all=yes',
      prints: /configmap\/env labeled[^]*configmap\/settings labeled/,
    },
    { run: 'annotate cm settings note=hello', prints: /configmap\/settings annotated?/ },
    { run: 'get cm settings -o jsonpath={.metadata.annotations.note}', prints: 'hello' },
    { run: 'annotate cm settings note-', prints: /configmap\/settings annotated?/ },
    {
      run: 'delete cm env --dry-run=server',
      prints: /^configmap "env" deleted \(server dry run\)$/,
    },
    { run: 'delete cm env --wait=false', prints: /^configmap "env" deleted( from NS namespace)?$/ },
    {
      run: 'wait --for=delete cm/env --timeout=5s',
      prints: '',
      since: { minor: 24, because: 'before, what is gone already is an error' },
    },
    {
      run: 'wait --for=delete cm/settings --timeout=1s',
      fails: /timed out waiting for the condition on configmaps\/settings/,
    },
    {
      run: 'wait --for=jsonpath={.status.phase}=Active ns/NS --timeout=5s',
      prints: 'namespace/NS condition met',
      since: { minor: 23, because: 'the condition is of 1.23' },
    },
    { run: 'delete svc -l app=plain', prints: /service "plain" deleted/ },
    {
      run: 'delete cm,secret --all',
      prints: /configmap "settings" deleted[^]*secret "word" deleted/,
    },
    { run: 'delete deployment web --cascade=orphan', prints: 'deployment.apps "web" deleted' },
    {
      run: 'delete cm nothing',
      fails: 'Error from server (NotFound): configmaps "nothing" not found',
    },
    { run: 'delete cm nothing --ignore-not-found', prints: '' },
    {
      run: 'get svc open -o json',
      shape: object('Service', { status: z.object({ loadBalancer: z.object({}) }) }),
    },
  ],
};
