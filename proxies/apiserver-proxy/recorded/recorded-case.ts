/** The shape of the recorded cases, plain ones and upgrades. The README says what the fields mean. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const headersSchema = z.array(z.tuple([z.string(), z.string()]));

const caseSchema = z.strictObject({
  id: z.string(),
  group: z.string(),
  title: z.string(),
  request: z.strictObject({
    method: z.string(),
    path: z.string(),
    /** As curl takes them: `Name: value`, or `Name:` for one that it must not send. */
    headers: z.array(z.string()).default([]),
    token: z.string().optional(),
    body: z.string().optional(),
  }),
  /** Absent where the connection was dropped. */
  response: z
    .strictObject({ status: z.int(), headers: headersSchema, body: z.string() })
    .optional(),
});

const upgradeSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  /** The lines of the request's head. */
  sent: z.array(z.string()),
  received: z.strictObject({
    status: z.int(),
    reason: z.string(),
    headers: headersSchema,
    body: z.string(),
  }),
  /** Whether the server closed the connection then. */
  closed: z.boolean(),
  /** What went through it afterwards, one character per byte. */
  tunnel: z.strictObject({ sent: z.string(), received: z.string() }).optional(),
});

export type RecordedCase = z.infer<typeof caseSchema>;
export type RecordedUpgrade = z.infer<typeof upgradeSchema>;
export type RecordedResponse = NonNullable<RecordedCase['response']>;

/** All plain cases, in the order of the file. */
export function readCases(): RecordedCase[] {
  return readLines('cases.ndjson').map((line) => caseSchema.parse(line));
}

export function readUpgrades(): RecordedUpgrade[] {
  return readLines('upgrades.ndjson').map((line) => upgradeSchema.parse(line));
}

function readLines(name: string): unknown[] {
  const text = readFileSync(join(import.meta.dirname, name), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}
