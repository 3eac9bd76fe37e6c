/** The line of a proxy: its stations, and the stretches between them. */
import * as z from 'zod';

/** A station of the map: somebody a request can come from or go to. */
export const stationSchema = z.enum([
  'client',
  'browser',
  'kubectl-proxy',
  'apiserver-proxy',
  'kube-proxy',
  'apiserver-load-balancer',
  'cloud-load-balancer',
  'apiserver',
  'kubelet',
  'node',
  'pod',
  'service',
]);

export const protocolSchema = z.enum([
  'HTTP/1.1',
  'HTTP/2',
  'WebSocket',
  'SPDY/3.1',
  'TCP',
  'UDP',
  'SCTP',
]);

/** One stretch of the line as it is by design; what happened on it is a hop of `kit/hop.ts`. */
export const stretchSchema = z.strictObject({
  from: stationSchema,
  to: stationSchema,
  protocols: z.array(protocolSchema).min(1).readonly(),
  /** `by-name`: where the request asks for it. `passed-through`: the bytes are somebody else's TLS. */
  tls: z.enum(['none', 'required', 'by-configuration', 'by-name', 'passed-through']),
  /** Who says who they are on this stretch, and how. */
  authentication: z
    .array(
      z.enum([
        'none',
        'bearer-token',
        'client-certificate',
        'basic',
        'exec-plugin',
        'impersonation',
        'service-account',
      ]),
    )
    .readonly(),
});

export type Station = z.infer<typeof stationSchema>;
export type Protocol = z.infer<typeof protocolSchema>;
export type Stretch = z.infer<typeof stretchSchema>;
