/** Examples below HTTP: what is sent to a Service over TCP, UDP or SCTP, and what becomes of it. */
import * as z from 'zod';

/** What an example sends to a Service; `kit/connect-request.ts` is how it is asked for. */
export const transportRequestSchema = z.strictObject({
  protocol: z.enum(['tcp', 'udp', 'sctp']),
  /**
   * Where it is sent from. `pod`: a pod on a node. `node`: a node itself. `outside`: a client on a
   * machine that is no part of the cluster.
   */
  from: z.enum(['pod', 'node', 'outside']),
  /** `namespace/name` */
  service: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/),
  /** The number of the Service's port; its `nodePort` is looked up. */
  port: z.int().min(1).max(65_535),
  /** Which address is connected to: the Service's, a node's, or the one that a cloud has given to the Service. */
  through: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer']),
  /**
   * Text, sent one after the other on one connection, each when the one before it was answered. Over
   * TCP, line ends are part of it, and an answer is as many lines as its message.
   */
  messages: z.array(z.string().min(1)).min(1).readonly(),
  /** So many connections, one after the other. */
  connections: z.int().min(1).max(300).default(1),
});

/**
 * What becomes of each connection. `answered`: each message was. `refused`: by a reset, or an ICMP error.
 * `nothing`: neither, within the time that the sender waits.
 */
export const transportExpectationSchema = z.strictObject({
  outcome: z.enum(['answered', 'refused', 'nothing']),
  /** The answers, in order, without the line end at their end; they are the same on each connection. */
  answers: z.array(z.string()).readonly().optional(),
  /** How many different pods answer all in all: where they tell who they are, asked `whoami`. */
  backends: z
    .union([
      z.strictObject({ exactly: z.int().positive() }),
      z.strictObject({ atLeast: z.int().positive() }),
    ])
    .optional(),
});

export type TransportExampleRequest = z.infer<typeof transportRequestSchema>;
export type TransportExpectation = z.infer<typeof transportExpectationSchema>;
