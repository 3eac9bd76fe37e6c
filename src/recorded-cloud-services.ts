/** What was recorded of the experiment, in a language: what the browser asks for when another cloud is chosen. */
import type { CloudServiceStep } from './cloud-service-rows.ts';

/** By cloud and ports: `aws-nlb/tcp`. */
export type RecordedCloudServices = Readonly<
  Record<string, { readonly steps: readonly CloudServiceStep[]; readonly text: string }>
>;
