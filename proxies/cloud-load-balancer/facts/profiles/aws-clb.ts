/** AWS without an annotation: the load balancer of the first generation. */
import type { ProviderProfile } from '../../profile.ts';
import { aws } from './aws.ts';
import { awsProvider } from './sources.ts';

export const awsClb = {
  ...aws,
  id: 'aws-clb',
  title: 'AWS Classic Load Balancer',
  protocols: {
    value: { TCP: 'yes', UDP: 'no', SCTP: 'no' },
    sources: [awsProvider('pkg/providers/v1/aws.go')],
  },
  healthCheck: {
    value: {
      asks: 'node-port',
      intervalSeconds: 10,
      timeoutSeconds: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 6,
    },
    sources: [
      awsProvider('pkg/providers/v1/aws_loadbalancer.go'),
      awsProvider('pkg/providers/v1/aws.go'),
    ],
  },
} as const satisfies ProviderProfile;
