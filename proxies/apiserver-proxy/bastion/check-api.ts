/** Whether there is an apiserver that lets the bastion do its work: asked before anybody is served. */
import type { ApiClient } from '../../kit/api/api-client.ts';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { rights, rulesOf } from './rights.ts';
import { missingRights } from './self-check.ts';

/**
 * @throws ConfigurationError with the rules that are missing; ApiError or UnreachableError where nobody can tell
 */
export async function checkApi(api: ApiClient): Promise<void> {
  const missing = await missingRights(api);
  if (missing.length === 0) return;
  const list = missing.map(({ group, resource, verbs }) => {
    const full = group === '' ? resource : `${resource}.${group}`;
    return `cannot ${verbs.join(', ')} ${full} at the cluster scope`;
  });
  throw new ConfigurationError(
    'missing-rights',
    `the credentials of the kubeconfig lack rights that this server needs:\n  ${list.join('\n  ')}`,
    { rules: rulesOf(rights) },
  );
}
