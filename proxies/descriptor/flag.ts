/** The command line of a proxy. */
import * as z from 'zod';
import { valueSchema } from './claim.ts';

export const flagTypeSchema = z.enum(['string', 'int', 'bool', 'duration', 'strings']);

/**
 * A flag of the command, with pflag's types. `strings` is repeatable. The description is the
 * message `tables:flags.<describedAs>`, which is its name unless another command’s flag of that name does
 * something else. A flag whose `upstream` is false is ours, not upstream's.
 */
export const flagSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  shorthand: z.string().length(1).optional(),
  type: flagTypeSchema,
  default: valueSchema,
  env: z.string().optional(),
  group: z.enum([
    'configuration',
    'listen',
    'backends',
    'checks',
    'connections',
    'filter',
    'files',
    'forwarding',
    'dataplane',
    'conntrack',
    'cluster',
    'cloud',
    'election',
    'credentials',
    'authentication',
    'authorization',
    'targets',
    'diagnostics',
  ]),
  describedAs: z.string().optional(),
  hidden: z.boolean().default(false),
  upstream: z.boolean().default(true),
});

export type Flag = z.infer<typeof flagSchema>;

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
