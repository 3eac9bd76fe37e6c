/**
 * A hop: one stretch of a request as it happened. Serialisable; crosses process and network borders
 * as one line of NDJSON, so it is a schema first. Safe in a browser.
 */
import * as z from 'zod';
import { protocolSchema, stationSchema, valueSchema } from '../descriptor.ts';

const headerChangeSchema = z.strictObject({
  name: z.string(),
  /** Secrets arrive here already redacted, as `Bearer ‹redacted›`. */
  from: z.string().optional(),
  to: z.string().optional(),
});

export const hopSchema = z.strictObject({
  /** Groups the hops of one request. */
  request: z.string(),
  from: z.strictObject({ station: stationSchema, address: z.string() }),
  to: z.strictObject({ station: stationSchema, address: z.string() }),
  protocol: protocolSchema,
  tls: z
    .strictObject({
      version: z.string(),
      cipher: z.string(),
      serverName: z.string().nullable(),
      alpn: z.string().nullable(),
      peer: z.strictObject({ subject: z.string(), issuer: z.string(), fingerprint256: z.string() }),
      clientCertificate: z.string().nullable(),
    })
    .nullable(),
  method: z.string(),
  target: z.string(),
  /** What was decided here and why: the message `hops:<key>` with its values. */
  decision: z.strictObject({ key: z.string(), values: z.record(z.string(), valueSchema) }),
  headers: z.strictObject({
    added: z.array(headerChangeSchema),
    removed: z.array(headerChangeSchema),
    changed: z.array(headerChangeSchema),
  }),
  /** The answer on this stretch; null while there is none, or where the request ended before one. */
  status: z.int().nullable(),
  /** Milliseconds since the request's first byte. */
  atMs: z.number().nonnegative(),
  tookMs: z.number().nonnegative(),
  sentBytes: z.int().nonnegative(),
  receivedBytes: z.int().nonnegative(),
});

export type Hop = z.infer<typeof hopSchema>;
export type HeaderChange = z.infer<typeof headerChangeSchema>;

/** The hops of one request, in order. */
export type Trace = readonly Hop[];
