/** The shape of a recorded case: one line of `cases.ndjson`. The README says what the fields mean. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const headersSchema = z.array(z.tuple([z.string(), z.string()]));

const responseSchema = z.strictObject({
  status: z.int(),
  status_line: z.string(),
  headers: headersSchema,
  framing: z.enum(['content-length', 'chunked', 'close', 'none']).nullable(),
  body: z.string(),
  /** Of a long body: its first bytes are in `body`, its length and hash here. */
  body_length: z.int().optional(),
  body_sha256: z.string().optional(),
  body_truncated: z.boolean().optional(),
  complete: z.boolean(),
  trailers: headersSchema.optional(),
  tunnel: z.string().optional(),
  closed: z.boolean().optional(),
});

const upstreamRequestSchema = z.strictObject({
  raw: z.string(),
  conn: z.int(),
  tls: z.boolean(),
  sni: z.string().nullable(),
  alpn_offered: z.array(z.string()),
  client_cert: z.string().nullable(),
  truncated: z.boolean().optional(),
  server: z.string().optional(),
});

const stepSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('send'), data: z.string() }),
  z.strictObject({ do: z.literal('wait'), ms: z.number() }),
  z.strictObject({ do: z.literal('wait-response'), count: z.int() }),
  z.strictObject({ do: z.literal('wait-bytes'), count: z.int() }),
  z.strictObject({ do: z.literal('shutdown-write') }),
  z.strictObject({ do: z.literal('close') }),
  z.strictObject({ do: z.literal('signal'), signal: z.enum(['SIGTERM', 'SIGINT', 'SIGHUP']) }),
]);

const caseSchema = z.strictObject({
  id: z.string(),
  group: z.string(),
  title: z.string(),
  note: z.string().optional(),
  kubectl_args: z.array(z.string()),
  kubeconfig: z.string().optional(),
  env: z.record(z.string(), z.string()).default({}),
  request_raw: z.string().optional(),
  steps: z.array(stepSchema).default([]),
  response: responseSchema.optional(),
  responses: z.array(responseSchema).optional(),
  closed: z.boolean().default(false),
  reset: z.boolean().default(false),
  leftover: z.string().default(''),
  response_raw: z.string().optional(),
  arrivals_ms: z.array(z.tuple([z.number(), z.number()])).optional(),
  total_ms: z.number().optional(),
  upstream_requests: z.array(upstreamRequestSchema).default([]),
  upstream_connections: z.int().optional(),
  upstream_events: z.array(z.tuple([z.string(), z.string()])).default([]),
  connect_proxy_saw: z.array(z.string()).default([]),
  exec_plugin_info: z.array(z.unknown()).optional(),
  stdout: z.string().default(''),
  stderr: z.string().default(''),
  exit: z.int().optional(),
  exit_after_signal: z.int().optional(),
  observed: z.record(z.string(), z.union([z.string(), z.boolean()])).default({}),
  unstable: z.record(z.string(), z.unknown()).optional(),
  differs_in_1_29: z.record(z.string(), z.unknown()).optional(),
});

export type RecordedCase = z.infer<typeof caseSchema>;
export type RecordedResponse = z.infer<typeof responseSchema>;
export type RecordedUpstreamRequest = z.infer<typeof upstreamRequestSchema>;
export type RecordedStep = z.infer<typeof stepSchema>;

/** All cases, in the order of the file. */
export function readCases(): RecordedCase[] {
  const text = readFileSync(join(import.meta.dirname, 'cases.ndjson'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => caseSchema.parse(JSON.parse(line)));
}

/**
 * What may come out of a case: the recording, and, where two recordings differed, also the second
 * one. Both are right.
 */
export function acceptableOutcomes(recorded: RecordedCase): RecordedCase[] {
  if (!recorded.unstable) return [recorded];
  const { response = {}, ...fields } = recorded.unstable;
  const told = response as { readonly status?: number };
  const head = told.status === 500 && recorded.response?.status !== 500 ? errorHead : {};
  const second = { ...recorded, ...fields, response: { ...recorded.response, ...head, ...told } };
  return [recorded, caseSchema.parse(second)];
}

/** Of an answer that came otherwise, status and body were kept: the proxy's own errors are all headed like this. */
const errorHead = {
  status_line: 'HTTP/1.1 500 Internal Server Error',
  headers: [
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['X-Content-Type-Options', 'nosniff'],
    ['Date', '${DATE}'],
    ['Content-Length', '0'],
  ],
};
