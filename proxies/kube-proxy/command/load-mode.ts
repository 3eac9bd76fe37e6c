/** The mode that was asked for, or why it is not to be had here. */
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import type { ProxyMode } from '../modes/mode.ts';
import { loadNftablesMode } from '../modes/nftables-mode.ts';
import { loadUserspaceMode } from '../modes/userspace-mode.ts';

/** @throws ConfigurationError */
export async function loadMode(name: string): Promise<ProxyMode> {
  if (name === 'userspace') return loadUserspaceMode();
  try {
    return await loadNftablesMode();
  } catch (error) {
    throw nftablesProblem(error);
  }
}

/** With what to do: nearly always it is a matter of rights. */
export function nftablesProblem(error: unknown): ConfigurationError {
  const why = error instanceof Error ? error.message : String(error);
  return new ConfigurationError('no-nftables', why);
}
