/** `--interface`: where addresses are announced. */
import { access } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';

/** Null where it is empty. @throws ConfigurationError `no-interface` */
export async function interfaceOf(name: string): Promise<string | null> {
  if (name === '') return null;
  if (/^[^\s/]{1,15}$/.test(name) && name !== '.' && name !== '..' && (await isThere(name))) {
    return name;
  }
  const why = `this machine has no interface ${JSON.stringify(name)}`;
  throw new ConfigurationError('no-interface', `--interface: ${why}`);
}

/** Linux also tells of those without an address. */
async function isThere(name: string): Promise<boolean> {
  if (networkInterfaces()[name]) return true;
  return access(`/sys/class/net/${name}`).then(
    () => true,
    () => false,
  );
}
