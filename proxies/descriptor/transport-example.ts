/** Examples below HTTP: what is sent to a Service over TCP, UDP or SCTP, and what becomes of it. */
import * as z from 'zod';

/**
 * What an example sends to a Service.
 *
 * The messages go one after the other: over TCP on one connection, whose sending side is then closed,
 * so that the answer is all that comes until the other side closes; over UDP as a datagram each, over
 * SCTP as a message each, and each is answered before the next is sent.
 */
export const transportRequestSchema = z.strictObject({
  protocol: z.enum(['tcp', 'udp', 'sctp']),
  /**
   * Where it is sent from. `pod`: a pod on a node. `node`: the node itself. `outside`: a client on a
   * machine that is no part of the cluster.
   */
  from: z.enum(['pod', 'node', 'outside']),
  /** `namespace/name` */
  service: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/),
  /** The number of the Service's port; a NodePort is looked up by it. */
  port: z.int().min(1).max(65_535),
  /** Which of the Service's addresses is connected to; `node-port`: a node's own, at the port's number there. */
  through: z.enum(['cluster-ip', 'node-port', 'load-balancer-ip', 'external-ip']),
  /** Text, as it is on the wire: line ends are part of it. */
  messages: z.array(z.string().min(1)).min(1).readonly(),
  /** So many times, each from a port of its own. */
  repeat: z.int().min(1).max(300).default(1),
});

/**
 * What becomes of it, each time it is sent. `answered`: something came back. `refused`: a reset, or an
 * ICMP error. `nothing`: neither, within the time that the sender waits.
 */
export const transportExpectationSchema = z.strictObject({
  outcome: z.enum(['answered', 'refused', 'nothing']),
  /** Something that each answer must hold. */
  answerContains: z.string().optional(),
  /** How many different pods answer all in all, by what the answers say (`podOf` of `kit/pod-of.ts`). */
  backends: z
    .union([
      z.strictObject({ exactly: z.int().positive() }),
      z.strictObject({ atLeast: z.int().positive() }),
    ])
    .optional(),
});

export type TransportExampleRequest = z.infer<typeof transportRequestSchema>;
export type TransportExpectation = z.infer<typeof transportExpectationSchema>;
