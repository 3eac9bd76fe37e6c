/** What was recorded when the site was built: the answer of each example, the verdict on each claim. */
import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { needSchema, valueSchema } from '../proxies/descriptor.ts';
import { hopSchema } from '../proxies/kit/hop.ts';
import { balancedProxies } from './balance.ts';
import {
  cloudServiceResults,
  type CloudServiceLine,
  type CloudServiceSummary,
} from './cloud-service.ts';
import { transports } from '../proxies/cloud-load-balancer/service.ts';
import type { FailoverLine, FailoverSummary } from './failover.ts';
import { shownRulesSchema } from './shown-rules.ts';

/** Written by the build before the pages; absent in development until the lab has run once. */
export const transcriptsFile = '.lab/transcripts.json';

const observationSchema = z.object({
  key: z.string(),
  values: z.record(z.string(), valueSchema),
  standing: z.enum(['noted', 'holds', 'contradicts']),
});

const outcomeSchema = z.object({
  verdict: z.enum(['held', 'contradicted', 'failed']),
  observations: z.array(observationSchema),
  hops: z.array(hopSchema),
  tookMs: z.number(),
  cause: z.string().optional(),
});

const verdictSchema = z.union([
  z.object({
    claim: z.string(),
    result: z.literal('not-provable-here'),
    missing: z.array(needSchema),
  }),
  z.object({
    claim: z.string(),
    result: z.enum(['proved', 'disproved', 'vacuous', 'defective']),
    claimed: outcomeSchema,
    refuted: outcomeSchema,
  }),
]);

const shownSchema = {
  /** Shortened to what a reader wants to see. */
  body: z.string(),
  isShortened: z.boolean().optional(),
  hops: z.array(hopSchema),
};

const exampleSchema = z.union([
  z.object({
    status: z.int(),
    headers: z.array(z.tuple([z.string(), z.string()])),
    ...shownSchema,
  }),
  /** Below HTTP there is no status: what became of the connections. */
  z.object({ outcome: z.enum(['answered', 'refused', 'nothing']), ...shownSchema }),
]);

const sinceStart = { atMs: z.number() };

const failoverLineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('apiservers'), apiservers: z.array(z.string()).readonly() }),
  z.object({
    type: z.literal('attempt'),
    ...sinceStart,
    tookMs: z.number(),
    apiserver: z.string().nullable(),
    isFailed: z.boolean(),
  }),
  z.object({
    type: z.literal('watch'),
    ...sinceStart,
    state: z.enum(['open', 'ended']),
    apiserver: z.string().nullable(),
  }),
  z.object({ type: z.literal('killed'), ...sinceStart, apiserver: z.string() }),
]) satisfies z.ZodType<FailoverLine>;

const failoverSummarySchema = z.object({
  result: z.enum(['whole', 'moved', 'stuck']),
  requests: z.int(),
  failed: z.int(),
  slowestMs: z.number(),
  settledMs: z.number(),
  watchEndedMs: z.number().nullable(),
  watchOpenMs: z.number().nullable(),
}) satisfies z.ZodType<FailoverSummary>;

const transportSchema = z.enum(transports);

const ingressSchema = z.object({
  ip: z.string().exactOptional(),
  hostname: z.string().exactOptional(),
  ipMode: z.enum(['VIP', 'Proxy']).exactOptional(),
  ports: z
    .array(
      z.object({ port: z.int(), protocol: transportSchema, error: z.string().exactOptional() }),
    )
    .readonly()
    .exactOptional(),
});

const cloudServiceResultSchema = z.enum(cloudServiceResults);

const cloudServiceLineSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('made'),
    ...sinceStart,
    service: z.string(),
    clusterIP: z.string(),
    ports: z
      .array(z.object({ protocol: transportSchema, port: z.int(), nodePort: z.int().nullable() }))
      .readonly(),
  }),
  z.object({ type: z.literal('finalizer'), ...sinceStart, isThere: z.boolean() }),
  z.object({
    type: z.literal('event'),
    ...sinceStart,
    level: z.enum(['Normal', 'Warning']),
    reason: z.string(),
    message: z.string(),
  }),
  z.object({
    type: z.literal('status'),
    ...sinceStart,
    ingress: z.array(ingressSchema).readonly(),
    standsFor: z.array(z.string()).readonly(),
  }),
  z.object({
    type: z.literal('packet'),
    ...sinceStart,
    protocol: transportSchema,
    to: z.string(),
    result: z.enum(['answered', 'refused', 'nothing']),
    tookMs: z.number(),
    path: z
      .object({
        node: z.string().nullable(),
        podNode: z.string(),
        pod: z.string(),
        seenAs: z.string(),
      })
      .nullable(),
  }),
  z.object({ type: z.literal('pending'), ...sinceStart }),
  z.object({ type: z.literal('settled'), ...sinceStart, result: cloudServiceResultSchema }),
  z.object({ type: z.literal('deleted'), ...sinceStart, by: z.enum(['reader', 'time']) }),
  z.object({ type: z.literal('gone'), ...sinceStart }),
]) satisfies z.ZodType<CloudServiceLine>;

const cloudServiceSummarySchema = z.object({
  result: cloudServiceResultSchema,
  isAsExpected: z.boolean(),
  addressMs: z.number().nullable(),
  answerMs: z.number().nullable(),
  goneMs: z.number().nullable(),
}) satisfies z.ZodType<CloudServiceSummary>;

export const transcriptsSchema = z.object({
  recordedAt: z.iso.datetime(),
  version: z.string(),
  examples: z.record(z.string(), exampleSchema),
  claims: z.record(z.string(), verdictSchema),
  /** By proxy: how often each pod answered, of many requests to one Service. */
  balances: z.partialRecord(
    z.enum(balancedProxies),
    z.object({ pods: z.array(z.object({ pod: z.string(), count: z.int() })) }),
  ),
  /** What became of requests and a watch when an apiserver was killed. */
  failover: z.object({ lines: z.array(failoverLineSchema), summary: failoverSummarySchema }),
  /** By cloud and ports, as `aws-nlb/tcp`: what became of a Service of type LoadBalancer. */
  cloudServices: z.record(
    z.string(),
    z.object({ lines: z.array(cloudServiceLineSchema), summary: cloudServiceSummarySchema }),
  ),
  /** What one Service makes a node hold; absent where the lab had no rules. */
  rules: shownRulesSchema.optional(),
});

export type Transcripts = z.infer<typeof transcriptsSchema>;
export type ExampleTranscript = z.infer<typeof exampleSchema>;
export type RecordedVerdict = z.infer<typeof verdictSchema>;
export type RecordedObservation = z.infer<typeof observationSchema>;

/**
 * The transcripts of this build, or null where nothing was recorded.
 *
 * @throws z.ZodError when the file is not what this page can show.
 */
export const transcripts: Transcripts | null = existsSync(transcriptsFile)
  ? transcriptsSchema.parse(JSON.parse(readFileSync(transcriptsFile, 'utf8')))
  : null;
