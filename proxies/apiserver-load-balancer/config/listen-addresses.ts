/** `--listen`: where clients come to. */
import { isIP } from 'node:net';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { endpointText } from '../../kit/http/endpoint-text.ts';
import { splitAddress } from '../../kit/http/split-address.ts';
import { hasIPv6 } from '../../kit/ipv6.ts';
import type { ListenAddress } from '../dataplane.ts';

/**
 * `:6443` is every address of both families, as in Go. By default a family that the kernel does not have is left
 * out; one that is asked for is not.
 *
 * @throws ConfigurationError `bad-listen`
 */
export async function listenAddresses(
  texts: readonly string[],
  isDefault: boolean,
): Promise<readonly ListenAddress[]> {
  const listen = texts.flatMap(read);
  if (listen.length === 0) throw new ConfigurationError('bad-listen', '--listen names no address');
  const names = listen.filter(({ port }) => port !== 0).map(nameOf);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new ConfigurationError('bad-listen', `--listen names ${twice} twice`);
  }
  if (!isDefault || (await hasIPv6())) return listen;
  return listen.filter(({ host }) => isIP(host) !== 6);
}

function read(text: string): readonly ListenAddress[] {
  const { host, port } = split(text);
  if (host === '') return ['0.0.0.0', '::'].map((any) => ({ host: any, port }));
  if (isIP(host) === 0 || host.includes('%')) throw refuse(text);
  return [{ host, port }];
}

function split(text: string): ReturnType<typeof splitAddress> {
  try {
    return splitAddress(text);
  } catch {
    throw refuse(text);
  }
}

function refuse(text: string): ConfigurationError {
  const why = `${JSON.stringify(text)} is no address to listen on: must be IP:port`;
  return new ConfigurationError('bad-listen', `--listen: ${why}`);
}

function nameOf({ host, port }: ListenAddress): string {
  return endpointText(host, port);
}
