/** DeleteOptions: from the body, or else from the query. */
import type { Json } from '../../../proxies/kit/api/json.ts';
import { at, isObject, listAt, textAt } from '../api-object.ts';
import { refusal } from '../authorization.ts';
import { mediaTypeOf, readBody } from '../body.ts';
import { invalidValue, notSupported } from '../field-errors.ts';
import { isTrue } from '../../../proxies/kit/apiserver/request-info.ts';
import { conform } from '../schema/conform.ts';
import { badRequest, invalid, type Cause } from '../status.ts';
import type { Call } from './call.ts';
import { isDryRun } from './dry-run.ts';

export interface DeleteOptions {
  readonly isDryRun: boolean;
  readonly gracePeriodSeconds?: number;
  readonly propagation?: Propagation;
  /** Only an object with these is meant. */
  readonly uid: string;
  readonly resourceVersion: string;
}

const propagations = ['Background', 'Foreground', 'Orphan'] as const;
export type Propagation = (typeof propagations)[number];

const type = {
  kind: 'DeleteOptions',
  schema: 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions',
};

/**
 * Reads what a deletion is to do.
 *
 * @throws StatusError 422 for options that contradict each other or that nobody knows; 403 where the
 *   user may only try.
 */
export async function readDeleteOptions(call: Call): Promise<DeleteOptions> {
  const body = await readOptionalBody(call);
  const options = parseDeleteOptions(body ?? optionsOfQuery(call.info.query), call.info.query);
  if (!options.isDryRun) demandDeletion(call);
  return options;
}

/** Who may try was let in before anybody knew whether the body asks for no more. */
function demandDeletion({ authorizer, info, user }: Call): void {
  const attributes = { ...info, fieldSelector: info.query.get('fieldSelector') ?? '' };
  const { verdict, reason } = authorizer.decide(user, attributes);
  if (verdict !== 'allow') throw refusal(user, attributes, reason);
}

/** Options as they stand in a body, such as that of an Eviction. */
export function parseDeleteOptions(sent: Json, query: URLSearchParams): DeleteOptions {
  const { object, mismatch } = conform(type.schema, isObject(sent) ? sent : {});
  if (mismatch !== undefined) throw badRequest(mismatch);
  const causes = validate(object);
  if (causes.length > 0) throw invalid({ group: 'meta.k8s.io', kind: type.kind }, '', causes);
  const propagation = propagationOf(object);
  const seconds = at(object, 'gracePeriodSeconds');
  return {
    isDryRun: isDryRun(query, object),
    ...(typeof seconds === 'number' ? { gracePeriodSeconds: seconds } : {}),
    ...(propagation === undefined ? {} : { propagation }),
    uid: textAt(object, 'preconditions', 'uid'),
    resourceVersion: textAt(object, 'preconditions', 'resourceVersion'),
  };
}

/** Options are optional, and no object of the resource. */
async function readOptionalBody({ request }: Call): Promise<Json> {
  if (request.headers['content-length'] === '0') return null;
  const hasBody =
    request.headers['content-length'] !== undefined ||
    request.headers['transfer-encoding'] !== undefined ||
    mediaTypeOf(request) !== '';
  return hasBody ? readBody(request, type, { isEmptyAllowed: true }) : null;
}

function optionsOfQuery(query: URLSearchParams): Json {
  const seconds = query.get('gracePeriodSeconds');
  const orphans = query.get('orphanDependents');
  const policy = query.get('propagationPolicy');
  return {
    ...(seconds === null ? {} : { gracePeriodSeconds: Number(seconds) }),
    ...(orphans === null ? {} : { orphanDependents: isTrue(orphans) }),
    ...(policy === null ? {} : { propagationPolicy: policy }),
  };
}

function validate(options: Json): readonly Cause[] {
  const policy = at(options, 'propagationPolicy');
  const isBoth = policy !== undefined && at(options, 'orphanDependents') !== undefined;
  const isKnown = propagations.some((one) => one === policy);
  const unknown = listAt(options, 'dryRun').find((value) => value !== 'All');
  return [
    ...(isBoth
      ? [
          invalidValue(
            'propagationPolicy',
            policy,
            'orphanDependents and deletionPropagation cannot be both set',
          ),
        ]
      : []),
    ...(policy === undefined || isKnown
      ? []
      : [notSupported('propagationPolicy', policy, propagations)]),
    ...(unknown === undefined ? [] : [notSupported('dryRun', unknown, ['All'])]),
  ];
}

function propagationOf(options: Json): Propagation | undefined {
  const orphans = at(options, 'orphanDependents');
  if (typeof orphans === 'boolean') return orphans ? 'Orphan' : 'Background';
  const policy = at(options, 'propagationPolicy');
  return propagations.find((one) => one === policy);
}
