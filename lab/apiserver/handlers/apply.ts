/** `patch` with `application/apply-patch+yaml`: server-side apply. Creates what does not exist. */
import { without, type ApiObject } from '../api-object.ts';
import { applyConfiguration } from '../apply/server-side-apply.ts';
import { applyType, managerOf } from '../apply/field-manager.ts';
import { decodeObject, mediaTypeOf, readApplied } from '../body.ts';
import { forbiddenField, required } from '../field-errors.ts';
import { keyOf, objectOf } from '../registry.ts';
import { isTrue } from '../../../proxies/kit/apiserver/request-info.ts';
import { badRequest, invalid, modifiedMeanwhile, notFound } from '../status.ts';
import type { Call, Reply } from './call.ts';
import { demandPermissionToCreate } from './create-on-update.ts';
import { createObject } from './create.ts';
import { patch, writeObject } from './update.ts';

const patchOptions = { group: 'meta.k8s.io', kind: 'PatchOptions' };

/** A patch of any media type. */
export async function patchOrApply(call: Call): Promise<Reply> {
  const { query } = call.info;
  if (mediaTypeOf(call.request) === applyType) return apply(call);
  if (isTrue(query.get('force'))) {
    throw invalid(patchOptions, '', [
      forbiddenField('force', 'may not be specified for non-apply patch'),
    ]);
  }
  return patch(call);
}

/** How often an apply is tried again on a newer version, as upstream does. */
const attempts = 5;

async function apply(call: Call): Promise<Reply> {
  const { resource, info, store } = call;
  if ((info.query.get('fieldManager') ?? '') === '') {
    throw invalid(patchOptions, '', [required('fieldManager', 'is required for apply patch')]);
  }
  const applied = await readConfiguration(call);
  const manager = managerOf(call, 'Apply');
  const isForced = isTrue(info.query.get('force'));
  const key = keyOf(resource, info.namespace, info.name);
  for (let attempt = 1; ; attempt++) {
    const entry = await store.get(key);
    if (!entry && info.subresource !== '') throw notFound(resource, info.name);
    const live = entry ? objectOf(entry) : undefined;
    const application = { typeName: resource.schema, live, applied, manager, isForced };
    const object = applyConfiguration(application);
    if (!entry) {
      demandPermissionToCreate(call);
      return createObject(call, object);
    }
    const reply = await writeObject(call, entry, object);
    if (reply !== 'raced') return reply;
    if (attempt === attempts) throw modifiedMeanwhile(resource, info.name);
  }
}

/** What is applied, without what this path cannot change. */
async function readConfiguration({ resource, info, request, response }: Call): Promise<ApiObject> {
  const sent = await readApplied(request);
  const decoded = decodeObject(resource, sent, info.query, response);
  const { name, namespace, managedFields } = decoded.metadata;
  if (managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
  if (name !== '' && name !== info.name) {
    throw badRequest(
      `the name of the object (${name}) does not match the name on the URL (${info.name})`,
    );
  }
  if (namespace !== undefined && namespace !== info.namespace) {
    throw badRequest(
      `the namespace of the object (${namespace}) does not match the namespace on the URL (${info.namespace})`,
    );
  }
  const named = { ...decoded, metadata: { ...decoded.metadata, name: info.name } };
  if (info.subresource !== '' || !resource.hasStatus) return named;
  return { ...without(named, 'status'), metadata: named.metadata };
}
