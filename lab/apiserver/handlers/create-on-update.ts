/** An update that would create needs the permission for both. */
import { refusal } from '../authorization.ts';
import type { Call } from './call.ts';
import { isDryRun } from './dry-run.ts';

export function demandPermissionToCreate({ info, user, authorizer }: Call): void {
  const attributes = { ...info, verb: 'create', isDryRun: isDryRun(info.query) };
  if (!authorizer.isAllowed(user, attributes)) throw refusal(user, attributes);
}
