/** `--authorization-mode`: the authorizers in the order they are asked, over what is stored. */
import {
  alwaysAllow,
  alwaysDeny,
  privileged,
  uniteAuthorizers,
  type AuthorizationMode,
  type Authorizer,
} from './authorization.ts';
import { createNodeAuthorizer } from './node-authorizer.ts';
import type { ApiserverOptions } from './options.ts';
import { createRbacAuthorizer, type RbacAuthorizer } from './rbac/rbac-authorizer.ts';

export interface Authorizers extends AsyncDisposable {
  readonly authorizer: Authorizer;
  readonly rbac: RbacAuthorizer;
}

export function createAuthorizers(
  options: Pick<ApiserverOptions, 'store' | 'authorizationModes'>,
): Authorizers {
  const owned = new AsyncDisposableStack();
  const rbac = owned.use(createRbacAuthorizer(options.store));
  const modes = (options.authorizationModes ?? ['Node', 'RBAC']).map((mode): AuthorizationMode => {
    switch (mode) {
      case 'Node':
        return owned.use(createNodeAuthorizer(options.store));
      case 'RBAC':
        return rbac;
      case 'AlwaysAllow':
        return alwaysAllow;
      case 'AlwaysDeny':
        return alwaysDeny;
    }
  });
  return {
    authorizer: uniteAuthorizers([privileged, ...modes]),
    rbac,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
