/** What a proxy does to headers, and what it answers and counts itself. */
import * as z from 'zod';

/** What happens to a header on its way; `tables:headers.<id>` says when. */
export const headerSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  name: z.string(),
  on: z.enum(['request', 'response']),
  action: z.enum(['added', 'removed', 'replaced', 'kept']),
});

/** An answer the proxy makes itself; `tables:errors.<id>` says what to do about it. */
export const errorSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  status: z.int().min(300).max(599),
  contentType: z.string().nullable(),
  /** The exact body, or null where it carries the cause. */
  body: z.string().nullable(),
  /** Of an answer that is a `metav1.Status`: its reason, null where it has none. */
  reason: z.string().nullable().optional(),
  /** Of a `metav1.Status`: its message, with `{name}` for what varies. */
  message: z.string().optional(),
});

/** A metric that the proxy serves. */
export const metricSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  type: z.enum(['counter', 'gauge', 'histogram']),
  labels: z.array(z.string().regex(/^[a-z][a-z0-9_]*$/)).readonly(),
  /** Its `# HELP` on the wire, which is English everywhere. */
  help: z.string().min(1),
  /** Of a histogram: the upper bounds, ascending, without `+Inf`. */
  buckets: z.array(z.number()).min(1).readonly().optional(),
  /** False where it is ours, not upstream's. */
  upstream: z.boolean().default(true),
});

export type Header = z.infer<typeof headerSchema>;
export type ErrorAnswer = z.infer<typeof errorSchema>;
export type Metric = z.infer<typeof metricSchema>;
