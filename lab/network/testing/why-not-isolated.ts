/** Whether tests can have namespaces here. In CI they must: there nothing is skipped. */
import { launchSupervisor } from '../launch.ts';

/** `null` when they can. */
export async function whyNotIsolated(): Promise<string | null> {
  if (process.env.CI) return null;
  await using supervisor = launchSupervisor({
    mode: 'isolated',
    log: 2,
    mark: 'probe',
    onMachines: () => undefined,
    onHop: () => undefined,
  });
  try {
    const topology = { apiservers: 1, nodes: 1 };
    await supervisor.request('lay-network', { mode: 'isolated', topology });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
