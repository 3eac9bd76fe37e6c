/**
 * What a proxy is, states and accepts: typed, locale-free, pure data.
 *
 * The command line, the data path, the proofs, the page and its translations all read the same
 * descriptor; nothing that is said here is said anywhere else. Safe in a browser. This is the door to
 * `descriptor/`: nobody outside imports from there.
 */
import * as z from 'zod';
import { errorSchema, headerSchema, metricSchema } from './descriptor/answer.ts';
import { claimSchema, type Claim } from './descriptor/claim.ts';
import { exampleSchema, type Example, type ExampleId } from './descriptor/example.ts';
import { flagSchema, type NamedFlag } from './descriptor/flag.ts';
import { stationSchema, stretchSchema } from './descriptor/line.ts';
import { tableSchema } from './descriptor/table.ts';

export * from './descriptor/answer.ts';
export * from './descriptor/claim.ts';
export * from './descriptor/example.ts';
export * from './descriptor/flag.ts';
export * from './descriptor/http-example.ts';
export * from './descriptor/line.ts';
export * from './descriptor/table.ts';
export * from './descriptor/transport-example.ts';

/** Where we differ from the recorded command on purpose; `tables:differences.<id>` gives the reason. */
export const differenceSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  kind: z.enum(['safer', 'better', 'implementation']),
  /** Ids of the recorded cases that come out otherwise; the replay fails if one of them does not. */
  cases: z.array(z.string()).readonly(),
});

/** What proxies and topics have in common: it is stated, shown and tried. */
const subjectShape = {
  claims: z.array(claimSchema).readonly(),
  tables: z.array(tableSchema).readonly().default([]),
  examples: z.array(exampleSchema).readonly(),
};

/** Something that is no proxy and has a page, with claims that are proved all the same. */
export const topicSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  /** The proxy whose line it is on, and through which its examples are sent. */
  line: stationSchema,
  ...subjectShape,
});

export const descriptorSchema = z.strictObject({
  id: stationSchema,
  /** Who runs it: the reader, or those who administer the cluster. */
  audience: z.enum(['user', 'administrator']),
  layer: z.enum(['L4', 'L7']),
  /** The upstream program and the version whose behaviour was recorded. */
  upstream: z.strictObject({ command: z.string(), version: z.string() }),
  stretches: z.array(stretchSchema).min(1).readonly(),
  ...subjectShape,
  flags: z.array(flagSchema).readonly(),
  headers: z.array(headerSchema).readonly(),
  errors: z.array(errorSchema).readonly(),
  metrics: z.array(metricSchema).readonly().default([]),
  differences: z.array(differenceSchema).readonly(),
});

export type Topic = z.infer<typeof topicSchema>;
export type Difference = z.infer<typeof differenceSchema>;
export type Descriptor = z.infer<typeof descriptorSchema>;

/** The literal claim ids of a descriptor: what `proofs.ts` must be exhaustive over. */
export type ClaimId<D> = D extends {
  readonly claims: readonly { readonly id: infer Id extends string }[];
}
  ? Id
  : never;

/** Parses a topic once, where it is written, and keeps its literal ids in the type. */
export function defineTopic<const T extends z.input<typeof topicSchema>>(
  topic: T,
): Topic & {
  readonly claims: readonly (Claim & { readonly id: ClaimId<T> })[];
  readonly examples: readonly (Example & { readonly id: ExampleId<T> })[];
} {
  return topicSchema.parse(topic) as never;
}

/**
 * Parses a descriptor once, where it is written, and keeps its literal ids in the type.
 *
 * @throws z.ZodError when the data breaks the schema: a defect of the descriptor, found by every test.
 */
export function defineProxy<const D extends z.input<typeof descriptorSchema>>(
  descriptor: D,
): Descriptor &
  Pick<D, 'id'> & {
    readonly claims: readonly (Claim & { readonly id: ClaimId<D> })[];
    readonly examples: readonly (Example & { readonly id: ExampleId<D> })[];
    readonly flags: readonly NamedFlag<D['flags'][number]>[];
  } {
  return descriptorSchema.parse(descriptor) as never;
}
