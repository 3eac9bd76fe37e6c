/** `serviceaccounts/token`: makes a token (TokenRequest). */
import type { Json, JsonObject } from '../../../proxies/kit/api/json.ts';
import { isObject, listAt, numberAt, textAt } from '../api-object.ts';
import { readBody } from '../body.ts';
import { invalidValue } from '../field-errors.ts';
import { isDryRun } from '../handlers/dry-run.ts';
import type { Call, Reply } from '../handlers/call.ts';
import { timestamp } from '../metadata.ts';
import { keyOf, objectOf } from '../registry.ts';
import type { Subresource } from '../resource.ts';
import { conform } from '../schema/conform.ts';
import { badRequest, conflict, internalError, invalid, notFound } from '../status.ts';
import type { BoundObject, TokenRequest } from './service-account-tokens.ts';

const type = {
  group: 'authentication.k8s.io',
  kind: 'TokenRequest',
  schema: 'io.k8s.api.authentication.v1.TokenRequest',
};

export const tokenSubresource: Subresource = {
  name: 'token',
  kind: 'TokenRequest',
  verbs: ['create'],
  connect: makeToken,
};

const shortestSeconds = 600;
const longestSeconds = 2 ** 32;
const usualSeconds = 3600;

async function makeToken(call: Call): Promise<Reply> {
  const { resource, info, store, serviceAccounts } = call;
  const sent = await readBody(call.request, type);
  const { object: asked } = conform(type.schema, isObject(sent) ? sent : {});
  const account = await store.get(keyOf(resource, info.namespace, info.name));
  if (!account) throw notFound(resource, info.name);
  const expirationSeconds = numberAt(asked, 'spec', 'expirationSeconds') || usualSeconds;
  checkExpiration(expirationSeconds);
  if (!serviceAccounts?.canIssue) throw internalError('this apiserver has no key to sign with');

  const named = listAt(asked, 'spec', 'audiences').map(String);
  const audiences = named.length > 0 ? named : serviceAccounts.audiences;
  const request = {
    namespace: info.namespace,
    name: info.name,
    uid: account.value.metadata.uid ?? '',
    audiences,
    expirationSeconds,
    ...(await boundOf(call, asked)),
  };
  const { token, expiresAt } = await serviceAccounts.issue(request);
  return {
    status: 201,
    body: {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: {
        name: info.name,
        namespace: info.namespace,
        creationTimestamp: timestamp(),
      },
      spec: {
        audiences,
        expirationSeconds,
        boundObjectRef: isObject(asked.spec) ? (asked.spec.boundObjectRef ?? null) : null,
      },
      // What is only tried must not be of use.
      status: {
        token: isDryRun(info.query) ? '' : token,
        expirationTimestamp: timestamp(expiresAt),
      },
    },
  };
}

function checkExpiration(seconds: number): void {
  const complaint =
    seconds < shortestSeconds
      ? 'may not specify a duration less than 10 minutes'
      : seconds > longestSeconds
        ? 'may not specify a duration larger than 2^32 seconds'
        : undefined;
  if (complaint === undefined) return;
  throw invalid(type, '', [invalidValue('spec.expirationSeconds', seconds, complaint)]);
}

const boundKinds = {
  Pod: { group: '', plural: 'pods', prefix: (namespace: string) => `/core/pods/${namespace}/` },
  Secret: {
    group: '',
    plural: 'secrets',
    prefix: (namespace: string) => `/core/secrets/${namespace}/`,
  },
  Node: { group: '', plural: 'nodes', prefix: () => '/core/nodes/' },
} as const;

/** What the token shall die with: it has to be there. */
async function boundOf(
  { info, store }: Call,
  asked: JsonObject,
): Promise<Pick<TokenRequest, 'bound' | 'node'>> {
  const reference: Json | undefined = isObject(asked.spec) ? asked.spec.boundObjectRef : undefined;
  if (!isObject(reference)) return {};
  const kind = textAt(reference, 'kind');
  const name = textAt(reference, 'name');
  if (kind !== 'Pod' && kind !== 'Secret' && kind !== 'Node') {
    throw badRequest(`cannot bind token for serviceaccount "${info.name}" to type ${kind}`);
  }
  const { group, plural, prefix } = boundKinds[kind];
  const entry = await store.get(prefix(info.namespace) + name);
  if (!entry) throw notFound({ group, plural }, name);
  const object = objectOf(entry);
  const uid = object.metadata.uid ?? '';
  const wanted = textAt(reference, 'uid');
  if (wanted !== '' && wanted !== uid) {
    throw conflict(
      { group, plural },
      name,
      `the UID in the bound object reference (${wanted}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  const bound: BoundObject = { kind, name, uid };
  if (kind !== 'Pod') return { bound };
  if ((textAt(object, 'spec', 'serviceAccountName') || 'default') !== info.name) {
    throw badRequest(
      `cannot bind token for serviceaccount "${info.name}" to pod running with different serviceaccount name.`,
    );
  }
  const nodeName = textAt(object, 'spec', 'nodeName');
  const node = nodeName === '' ? undefined : await store.get(`/core/nodes/${nodeName}`);
  return {
    bound,
    ...(node ? { node: { name: nodeName, uid: node.value.metadata.uid ?? '' } } : {}),
  };
}
