/** Who owns what. */
import type { KubeObject, OwnerReference } from '../../../proxies/kit/api/api-client.ts';

/** The one owner that manages an object. */
export function controllerOf({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

export function controllerReference(
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  { metadata: { name, uid = '' } }: KubeObject,
): OwnerReference {
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}
