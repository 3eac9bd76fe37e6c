/** Statements of fact, where they come from, and what trying them needs. */
import * as z from 'zod';

/** A Kubernetes minor version, such as `1.33`. */
export const versionSchema = z.string().regex(/^1\.\d+$/);

/** The Kubernetes versions a statement holds for; an absent end is open. */
export const versionsSchema = z.strictObject({
  since: versionSchema.optional(),
  until: versionSchema.optional(),
});

/** Where a fact comes from. `recorded` names a case of `recorded/cases.json` beside the descriptor. */
export const sourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('documentation'), url: z.url() }),
  z.strictObject({
    kind: z.literal('source'),
    repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
    path: z.string(),
    ref: z.string(),
  }),
  z.strictObject({
    kind: z.literal('issue'),
    reference: z.string().regex(/^[\w.-]+\/[\w.-]+#\d+$/),
  }),
  z.strictObject({ kind: z.literal('recorded'), case: z.string() }),
  z.strictObject({ kind: z.literal('rfc'), number: z.int().positive(), section: z.string() }),
]);

/** A value that a message interpolates; numbers and names never stand in prose. */
export const valueSchema = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.string()).readonly(),
]);

/**
 * What a proof may need and an environment may lack. `isolated-lab`: the running lab, its machines in
 * networks of their own; a lab on loopback lacks it, and so does a real cluster. `other-balancer`: a load
 * balancer that is not ours, nginx or HAProxy.
 */
export const needSchema = z.enum([
  'isolation',
  'isolated-lab',
  'nftables',
  'unix-socket',
  'proc',
  'other-balancer',
]);

/**
 * One statement of fact. Its sentence is the message `claims:<id>.statement`, with `values`
 * interpolated; `claims:<id>.proof` and `claims:<id>.refutation` say how it is tried.
 */
export const claimSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/),
  values: z.record(z.string(), valueSchema),
  sources: z.array(sourceSchema).min(1).readonly(),
  versions: versionsSchema,
  needs: z.array(needSchema).readonly().default([]),
});

export type Version = z.infer<typeof versionSchema>;
export type Source = z.infer<typeof sourceSchema>;
export type Value = z.infer<typeof valueSchema>;
export type Need = z.infer<typeof needSchema>;
export type Claim = z.infer<typeof claimSchema>;
