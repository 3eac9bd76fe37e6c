/** AWS, with the annotation `service.beta.kubernetes.io/aws-load-balancer-type: nlb`. */
import type { ProviderProfile } from '../../profile.ts';
import { aws } from './aws.ts';
import { awsProvider } from './sources.ts';

export const awsNlb = {
  ...aws,
  id: 'aws-nlb',
  title: 'AWS Network Load Balancer',
  protocols: {
    value: { TCP: 'yes', UDP: 'yes', SCTP: 'no' },
    sources: [awsProvider('pkg/providers/v1/aws.go')],
  },
  healthCheck: {
    value: {
      asks: 'node-port',
      intervalSeconds: 30,
      timeoutSeconds: 10,
      healthyThreshold: 3,
      unhealthyThreshold: 3,
    },
    sources: [
      awsProvider('pkg/providers/v1/aws_loadbalancer.go'),
      awsProvider('pkg/providers/v1/aws.go'),
    ],
  },
} as const satisfies ProviderProfile;
