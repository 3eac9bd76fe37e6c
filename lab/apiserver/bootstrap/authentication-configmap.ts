/** `extension-apiserver-authentication`: how other apiservers can know our clients. */
import type { Loopback } from '../loopback.ts';
import type { BootstrapOptions } from './bootstrap.ts';

const collection = '/api/v1/namespaces/kube-system/configmaps';
const name = 'extension-apiserver-authentication';

export async function publishAuthentication(
  api: Loopback,
  { clientCa, requestHeader }: BootstrapOptions,
): Promise<void> {
  const data = {
    ...(clientCa === undefined ? {} : { 'client-ca-file': clientCa }),
    ...(requestHeader
      ? {
          'requestheader-client-ca-file': requestHeader.clientCa,
          'requestheader-allowed-names': JSON.stringify(requestHeader.allowedNames),
          'requestheader-username-headers': JSON.stringify(requestHeader.usernameHeaders),
          'requestheader-uid-headers': JSON.stringify(requestHeader.uidHeaders),
          'requestheader-group-headers': JSON.stringify(requestHeader.groupHeaders),
          'requestheader-extra-headers-prefix': JSON.stringify(requestHeader.extraHeadersPrefixes),
        }
      : {}),
  };
  if (Object.keys(data).length === 0) return;
  const object = { metadata: { name, namespace: 'kube-system' }, data };
  if (await api.ensure(collection, object)) return;
  // Started again with other authorities: those of now count.
  const found = await api.find(`${collection}/${name}`);
  if (found && JSON.stringify(found.data) !== JSON.stringify(data)) {
    await api.send('PUT', `${collection}/${name}`, object);
  }
}
