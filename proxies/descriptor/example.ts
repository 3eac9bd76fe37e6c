/** Requests that a reader can run: shown as a command, sent by the button, tested. */
import * as z from 'zod';
import { httpExpectationSchema, httpRequestSchema } from './http-example.ts';
import { transportExpectationSchema, transportRequestSchema } from './transport-example.ts';

const shape = {
  /** Its title is `examples:<id>.title`. */
  id: z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/),
  claims: z.array(z.string()).readonly().default([]),
};

const httpExampleSchema = z.strictObject({
  ...shape,
  request: httpRequestSchema,
  expect: httpExpectationSchema,
  /** A stream has no end of its own: it is cut after so many milliseconds. */
  streamMs: z.int().positive().optional(),
});

const transportExampleSchema = z.strictObject({
  ...shape,
  request: transportRequestSchema,
  expect: transportExpectationSchema,
});

export const exampleSchema = z.union([httpExampleSchema, transportExampleSchema]);

export type HttpExample = z.infer<typeof httpExampleSchema>;
export type TransportExample = z.infer<typeof transportExampleSchema>;
export type Example = z.infer<typeof exampleSchema>;

/** Whether it is sent to a Service below HTTP, and not through a proxy that speaks HTTP. */
export function isTransportExample(example: Example): example is TransportExample {
  const { protocol } = example.request;
  return protocol === 'tcp' || protocol === 'udp' || protocol === 'sctp';
}

/** The literal example ids of a descriptor. */
export type ExampleId<D> = D extends {
  readonly examples: readonly { readonly id: infer Id extends string }[];
}
  ? Id
  : never;
