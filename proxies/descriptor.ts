/**
 * What a proxy is, states and accepts: typed, locale-free, pure data.
 *
 * The command line, the data path, the proofs, the page and its translations all read the same
 * descriptor; nothing that is said here is said anywhere else. Safe in a browser.
 */
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
 * networks of their own; a lab on loopback lacks it, and so does a real cluster.
 */
export const needSchema = z.enum(['isolation', 'isolated-lab', 'nftables', 'unix-socket', 'proc']);

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

export const flagTypeSchema = z.enum(['string', 'int', 'bool', 'duration', 'strings']);

/**
 * A flag of the command, with pflag's types. `strings` is repeatable. The description is the
 * message `tables:flags.<name>`. A flag whose `upstream` is false is ours, not kubectl's.
 */
export const flagSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  shorthand: z.string().length(1).optional(),
  type: flagTypeSchema,
  default: valueSchema,
  env: z.string().optional(),
  group: z.enum([
    'listen',
    'filter',
    'files',
    'forwarding',
    'cluster',
    'credentials',
    'authentication',
    'authorization',
    'targets',
    'diagnostics',
  ]),
  hidden: z.boolean().default(false),
  upstream: z.boolean().default(true),
});

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
export const exampleRequestSchema = z.discriminatedUnion('protocol', [
  z.strictObject({
    protocol: z.literal('http'),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']),
    path: z.string().startsWith('/'),
    headers: requestHeadersSchema,
    body: z.string().optional(),
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

/** A request a reader can run: shown as curl, sent by the button, tested. Title: `examples:<id>.title`. */
export const exampleSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/),
  request: exampleRequestSchema,
  expect: z.strictObject({
    status: z.int(),
    contentType: z.string().optional(),
    /** Headers of the answer that must be just so. */
    headers: z.record(z.string(), z.string()).default({}),
    /** Of a WebSocket: the text messages that come back, in order. */
    messages: z.array(z.string()).readonly().default([]),
    /** Something the body must hold. */
    bodyContains: z.string().optional(),
  }),
  /** A stream has no end of its own: it is cut after so many milliseconds. */
  streamMs: z.int().positive().optional(),
  claims: z.array(z.string()).readonly().default([]),
});

/**
 * A column of a table of facts; its heading is `tables:facts.<table>.columns.<id>`.
 *
 * `code`: one or several literals. `text`: shown as it is, such as a version. `yes-no`: a boolean.
 * `words`: prose, `tables:facts.<table>.rows.<row>.<id>` with the other cells of its row interpolated.
 */
export const columnSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-zA-Z0-9]*$/),
  kind: z.enum(['code', 'text', 'yes-no', 'words']),
});

/**
 * Facts in rows: `tables:facts.<id>.label` is what a table is of. Cells of `words` stand in the
 * messages; a row may hold values for them that are no column.
 */
export const tableSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]*$/),
    columns: z.array(columnSchema).min(1).readonly(),
    rows: z
      .array(
        z.strictObject({
          id: z.string().regex(/^[a-z0-9-]+$/),
          cells: z.record(z.string(), valueSchema),
        }),
      )
      .min(1)
      .readonly(),
  })
  .superRefine(({ columns, rows }, context) => {
    for (const [index, { cells }] of rows.entries()) {
      for (const { id, kind } of columns) {
        const isRight =
          kind === 'words'
            ? cells[id] === undefined
            : kind === 'yes-no'
              ? typeof cells[id] === 'boolean'
              : cells[id] !== undefined && typeof cells[id] !== 'boolean';
        if (isRight) continue;
        const message = `row ${index} does not have what the column ${id} shows`;
        context.addIssue({ code: 'custom', message });
      }
    }
  });

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
  differences: z.array(differenceSchema).readonly(),
});

export type Version = z.infer<typeof versionSchema>;
export type Source = z.infer<typeof sourceSchema>;
export type Value = z.infer<typeof valueSchema>;
export type Need = z.infer<typeof needSchema>;
export type Claim = z.infer<typeof claimSchema>;
export type Station = z.infer<typeof stationSchema>;
export type Protocol = z.infer<typeof protocolSchema>;
export type Stretch = z.infer<typeof stretchSchema>;
export type Flag = z.infer<typeof flagSchema>;
export type Header = z.infer<typeof headerSchema>;
export type ErrorAnswer = z.infer<typeof errorSchema>;
export type Example = z.infer<typeof exampleSchema>;
export type ExampleRequest = z.infer<typeof exampleRequestSchema>;
export type Column = z.infer<typeof columnSchema>;
export type FactTable = z.infer<typeof tableSchema>;
export type Topic = z.infer<typeof topicSchema>;
export type Difference = z.infer<typeof differenceSchema>;
export type Descriptor = z.infer<typeof descriptorSchema>;

/** The literal claim ids of a descriptor: what `proofs.ts` must be exhaustive over. */
export type ClaimId<D> = D extends {
  readonly claims: readonly { readonly id: infer Id extends string }[];
}
  ? Id
  : never;

/** The literal example ids of a descriptor. */
export type ExampleId<D> = D extends {
  readonly examples: readonly { readonly id: infer Id extends string }[];
}
  ? Id
  : never;

/** The literal flag names of a descriptor. */
export type FlagName<D> = D extends {
  readonly flags: readonly { readonly name: infer Name extends string }[];
}
  ? Name
  : never;

/** A flag with its literal name and type: what makes a parsed command line typed. */
export type NamedFlag<F> = F extends {
  readonly name: infer Name extends string;
  readonly type: infer Type extends Flag['type'];
}
  ? Flag & { readonly name: Name; readonly type: Type }
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
