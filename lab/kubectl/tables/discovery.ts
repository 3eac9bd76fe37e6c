import * as z from 'zod';
import type { Group } from '../command.ts';
import { version } from './shapes.ts';

const resource = z.object({
  name: z.string(),
  kind: z.string(),
  verbs: z.array(z.string()).min(1),
});

/** What the server says of itself. */
export const discovery: Group = {
  name: 'discovery',
  steps: [
    { run: 'version -o json', shape: version },
    { run: 'cluster-info', prints: /control plane.* is running at .*https:\/\//i },
    { run: 'api-resources', prints: /^deployments deploy apps\/v1 true Deployment$/m },
    {
      run: 'api-resources --api-group=apps -o name',
      prints: /^deployments\.apps\nreplicasets\.apps$/m,
    },
    {
      run: 'api-resources --namespaced=false --verbs=list -o name',
      prints: /^namespaces\nnodes$/m,
    },
    { run: 'api-resources --api-group=coordination.k8s.io -o wide', prints: /leases .*true Lease/ },
    { run: 'api-versions', prints: /^apps\/v1$[^]*^v1$/m },
    { run: 'get --raw /version', shape: version.shape.serverVersion },
    { run: 'get --raw /readyz', prints: 'ok' },
    { run: 'get --raw /livez?verbose', prints: /\[\+\]ping ok[^]*livez check passed/ },
    {
      run: 'get --raw /api/v1',
      shape: z.object({ kind: z.literal('APIResourceList'), resources: z.array(resource).min(15) }),
    },
    {
      run: 'get --raw /apis',
      shape: z.object({
        kind: z.literal('APIGroupList'),
        groups: z.array(z.object({ preferredVersion: z.object({ version: z.string() }) })).min(5),
      }),
    },
    {
      run: 'get --raw /openapi/v2',
      shape: z.object({
        swagger: z.literal('2.0'),
        definitions: z.record(z.string(), z.unknown()),
      }),
    },
    {
      run: 'get --raw /openapi/v3',
      shape: z.object({ paths: z.object({ 'apis/apps/v1': z.unknown() }) }),
    },
    { run: 'explain pod', prints: /KIND: Pod\nVERSION: v1[^]*FIELDS:[^]*spec <(Object|PodSpec)>/ },
    {
      run: 'explain deployment.spec.replicas',
      prints: /FIELD: replicas <integer>[^]*DESCRIPTION:\n +How many pods\./,
    },
    {
      run: 'explain services --recursive',
      prints: /spec <(Object|ServiceSpec)>[^]*\n +clusterIP <string>[^]*\n +nodePort <integer>/,
    },
    { run: 'explain svc --api-version=v1', prints: /KIND: Service/ },
    { run: 'explain pod.spec.frobnicate', fails: /field "frobnicate" does not exist/ },
    {
      run: 'explain frobnicators',
      fails: /the server doesn't have a resource type "frobnicators"/,
    },
    {
      run: 'explain pod.spec.containers --output=plaintext-openapiv2',
      since: { minor: 27, because: 'the flag is of 1.27' },
      until: { minor: 31, because: 'the format went away' },
      prints: /KIND: Pod/,
    },
  ],
};
