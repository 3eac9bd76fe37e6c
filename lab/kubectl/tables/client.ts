import * as z from 'zod';
import type { Group } from '../command.ts';

/** What kubectl does with its configuration and by itself. */
export const client: Group = {
  name: 'client',
  steps: [
    {
      run: 'version --client -o json',
      shape: z.object({ clientVersion: z.object({ major: z.literal('1') }) }),
    },
    { run: 'config current-context', prints: 'hop' },
    { run: 'config get-contexts -o name', prints: 'hop' },
    {
      run: 'config view',
      prints:
        /certificate-authority-data: DATA\+OMITTED[^]*client-key-data: (REDACTED|DATA\+OMITTED)/,
    },
    {
      run: 'config view -o json',
      shape: z.object({
        kind: z.literal('Config'),
        clusters: z.array(z.object({ cluster: z.object({ server: z.url() }) })).length(1),
      }),
    },
    {
      run: 'completion bash',
      prints: /complete -o default (-o nospace )?-F __start_kubectl kubectl/,
    },
    {
      run: 'create deployment web --image=echo --replicas=2 --dry-run=client -o name',
      prints: 'deployment.apps/web',
    },
    {
      run: 'create service clusterip web --tcp=80:8080 --dry-run=client -o jsonpath={.spec.ports}',
      prints: '[{"name":"80-8080","port":80,"protocol":"TCP","targetPort":8080}]',
    },
    { run: 'get pods --frobnicate', fails: /unknown flag: --frobnicate/ },
  ],
};
