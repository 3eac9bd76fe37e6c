/** Examples that speak HTTP, or begin as HTTP. */
import * as z from 'zod';

const requestHeadersSchema = z.record(z.string(), z.string()).default({});

/** As whom an example asks, where the proxy wants to know. */
const identitySchema = z
  .enum([
    /** Whoever reads the page: a visitor of the lab, or the user of the kubeconfig. */
    'reader',
    /** Somebody who may do everything: for what no visitor is given. */
    'administrator',
    /** Nobody: without credentials. */
    'nobody',
  ])
  .default('reader');

/** What an example sends. Streams of events are HTTP with `streamMs`. */
export const httpRequestSchema = z.discriminatedUnion('protocol', [
  z.strictObject({
    protocol: z.literal('http'),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']),
    path: z.string().startsWith('/'),
    headers: requestHeadersSchema,
    body: z.string().optional(),
    /**
     * `namespace/name` of a Service of the lab. It is asked through a door on the reader's machine, which leads to the
     * address that a cloud has given to it; absent: the proxy itself is asked.
     */
    service: z
      .string()
      .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/)
      .optional(),
    as: identitySchema,
  }),
  z.strictObject({
    protocol: z.literal('websocket'),
    path: z.string().startsWith('/'),
    headers: requestHeadersSchema,
    subprotocols: z.array(z.string()).readonly().default([]),
    /** Text messages, sent one after the other once the connection is open. */
    messages: z.array(z.string()).min(1).readonly(),
    as: identitySchema,
  }),
]);

export const httpExpectationSchema = z.strictObject({
  status: z.int(),
  contentType: z.string().optional(),
  /** Headers of the answer that must be just so. */
  headers: z.record(z.string(), z.string()).default({}),
  /** Of a WebSocket: the text messages that come back, in order. */
  messages: z.array(z.string()).readonly().default([]),
  /** Something the body must hold. */
  bodyContains: z.string().optional(),
});

export type HttpExampleRequest = z.infer<typeof httpRequestSchema>;
