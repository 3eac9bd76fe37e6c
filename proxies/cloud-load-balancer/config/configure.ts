/** The flags, come to one configuration that is known to make sense. */
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import type { Terminal } from '../../kit/command.ts';
import { atLeast, listenAddress, longerThan0, oneOf } from '../../kit/flag-checks.ts';
import { splitValues, type FlagValues } from '../../kit/flags.ts';
import { loadRequiredConfig } from '../../kit/kubeconfig/required-config.ts';
import type { flags as flagList } from '../facts/flags.ts';
import { addressPools } from './address-pools.ts';
import type { Configuration } from './configuration.ts';
import { electionOf } from './election.ts';
import { interfaceOf } from './interface-of.ts';
import { qualifiedName } from './names.ts';
import { checkOf, profileOf } from './profile-of.ts';

export type Flags = FlagValues<(typeof flagList)[number]>;

/** @throws ConfigurationError, KubeconfigError */
export async function configure(flags: Flags, terminal: Terminal): Promise<Configuration> {
  const dataplane = oneOf(flags, 'dataplane', ['userspace', 'nftables']);
  const mode = oneOf(flags, 'ip-mode', ['Proxy', 'VIP']);
  if (mode === 'VIP' && dataplane === 'userspace') {
    const why = 'the userspace dataplane ends connections, so nodes never see what clients sent';
    throw new ConfigurationError('vip-userspace', `--ip-mode VIP: ${why}`);
  }
  const isPortMapping = flags['enable-lb-port-mapping'];
  if (isPortMapping && dataplane === 'nftables') {
    const why = 'the nftables dataplane forwards nothing that comes from this machine itself';
    throw new ConfigurationError('doors-nftables', `--enable-lb-port-mapping: ${why}`);
  }
  const profile = profileOf(flags);
  const pools = await addressPools(splitValues(flags['address-pool']), { dataplane });
  return {
    clusterName: flags['cluster-name'],
    concurrentServiceSyncs: atLeast(1, flags, 'concurrent-service-syncs'),
    election: electionOf(flags),
    profile,
    check: checkOf(flags, profile),
    providerAnnotation: qualifiedName(flags, 'provider-annotation', 'bad-annotation'),
    loadBalancerClass: qualifiedName(flags, 'load-balancer-class', 'bad-class'),
    pools,
    mode,
    syncTimeoutMs: longerThan0(flags, 'sync-timeout'),
    dataplane,
    interfaceName: await interfaceOf(flags.interface, pools),
    isPortMapping,
    adminBindAddress: listenAddress(flags, 'admin-bind-address'),
    verbosity: atLeast(0, flags, 'v'),
    cluster: await loadRequiredConfig({ kubeconfig: flags.kubeconfig, terminal }),
  };
}
