/** The clouds, in the order in which the page tells of them. */
import type { ProviderProfile } from '../profile.ts';
import { awsClb } from './profiles/aws-clb.ts';
import { awsLbController } from './profiles/aws-lb-controller.ts';
import { awsNlb } from './profiles/aws-nlb.ts';
import { azure } from './profiles/azure.ts';
import { cloudProviderKind } from './profiles/cloud-provider-kind.ts';
import { digitalOcean } from './profiles/digitalocean.ts';
import { gcp } from './profiles/gcp.ts';
import { hetzner } from './profiles/hetzner.ts';
import { hop } from './profiles/hop.ts';
import { klipper } from './profiles/klipper.ts';
import { kubeVip } from './profiles/kube-vip.ts';
import { metallb } from './profiles/metallb.ts';
import { openStack } from './profiles/openstack.ts';

const all = [
  hop,
  awsNlb,
  awsClb,
  awsLbController,
  gcp,
  azure,
  digitalOcean,
  openStack,
  hetzner,
  metallb,
  klipper,
  kubeVip,
  cloudProviderKind,
] as const satisfies readonly ProviderProfile[];

export type ProfileId = (typeof all)[number]['id'];

export const profiles: readonly (ProviderProfile & { readonly id: ProfileId })[] = all;

export function findProfile(id: string): ProviderProfile | undefined {
  return profiles.find((profile) => profile.id === id);
}
