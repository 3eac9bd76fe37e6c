/** The mode that is asked for, or userspace where the kernel does not take our rules. */
import { klogLine } from '../../proxies/kit/klog.ts';
import type { ModeName, ProxyMode } from '../../proxies/kube-proxy/modes/mode.ts';

export async function loadMode(mode: ModeName, log: (line: string) => void): Promise<ProxyMode> {
  if (mode === 'nftables') {
    try {
      const { loadNftablesMode } = await import('../../proxies/kube-proxy/modes/nftables-mode.ts');
      return await loadNftablesMode();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log(klogLine('W', 'hop', `Services are served from user space: ${why}`));
    }
  }
  const { loadUserspaceMode } = await import('../../proxies/kube-proxy/modes/userspace-mode.ts');
  return loadUserspaceMode();
}
