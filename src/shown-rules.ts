/** What a Service makes the kernel of a node hold: what the page shows of it, recorded and live. */
import * as z from 'zod';

/** The lab's Services that show most between them; all others look like one of these. */
export const shownServices = [
  'platform/echo',
  'platform/echo-both',
  'platform/echo-local',
  'platform/echo-sticky',
  'platform/echo-here',
  'platform/signalling',
  'shop/returns',
] as const;

export const shownNodes = ['node-1', 'node-2', 'node-3'] as const;

export const ruleGroupSchema = z.object({
  /** A set, a map, or a chain that a map leads to. */
  name: z.string(),
  /** Elements of a set or a map; rules of a chain. */
  lines: z.array(z.string()),
});

export const shownRulesSchema = z.object({
  node: z.string(),
  service: z.string(),
  /** In the order in which a packet meets them; empty where the Service causes none. */
  families: z.array(
    z.object({ family: z.enum(['IPv4', 'IPv6']), groups: z.array(ruleGroupSchema) }),
  ),
});

export type RuleGroup = z.infer<typeof ruleGroupSchema>;
export type ShownRules = z.infer<typeof shownRulesSchema>;
