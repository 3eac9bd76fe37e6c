/** One APIService that names a Service, followed: its endpoints, whether they answer, what they serve. */
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { isSameJson } from '../api-object.ts';
import type { ApiEntry, ApiStore } from '../registry.ts';
import { isAvailable, readApiService, type ApiService, type ProxyClient } from './api-service.ts';
import { askDiscovery } from './ask-discovery.ts';
import { failed, findMissing, passed, withFinding, type Finding } from './availability.ts';
import { followBackends, resolveEndpoint, type Endpoint } from './backends.ts';

export interface RemoteApi extends AsyncDisposable {
  readonly apiService: ApiService;
  isAvailable(): boolean;
  /** What it said that it serves, when it was asked last. */
  resources(): readonly JsonObject[];
  /** @throws Error in upstream's words where none is ready */
  endpoint(): Endpoint;
  /** Takes note of a change of the object; false where the change makes it another. */
  update(entry: ApiEntry): boolean;
}

export interface RemoteApiOptions {
  readonly store: ApiStore;
  readonly client: ProxyClient | undefined;
  readonly log: (line: string) => void;
}

/** How long what was found is believed. */
const recheckMs = 30_000;
/** How long to wait before a server that did not answer is asked again; doubled each time. */
const retryMs = 250;

/** Undefined for an APIService that names no Service. */
export function followRemoteApi(
  first: ApiEntry,
  { store, client, log }: RemoteApiOptions,
): RemoteApi | undefined {
  const apiService = readApiService(first.value, client);
  if (!apiService) return undefined;
  const ending = new AbortController();
  let entry = first;
  let resources: readonly JsonObject[] = [];
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let isPending = false;
  let running: Promise<void> = Promise.resolve();

  const hasEnded = () => ending.signal.aborted;
  const schedule = () => {
    if (isPending || hasEnded()) return;
    isPending = true;
    running = running.then(async () => {
      await backends.synced;
      isPending = false;
      await check().catch((error: unknown) => log(`${apiService.name}: ${String(error)}`));
    });
  };
  const backends = followBackends(store, apiService.service, schedule);
  const wait = (ms: number) => {
    clearTimeout(timer);
    if (!hasEnded()) timer = setTimeout(schedule, ms).unref();
  };

  const check = async (): Promise<void> => {
    if (hasEnded()) return;
    clearTimeout(timer);
    const finding = findMissing(apiService.service, backends) ?? (await ask());
    if (hasEnded()) return;
    failures = finding.reason === 'FailedDiscoveryCheck' ? failures + 1 : 0;
    wait(failures === 0 ? recheckMs : Math.min(retryMs * 2 ** failures, recheckMs));
    const found = withFinding(entry.value, finding);
    const write = found && (await store.update(entry.key, found, entry.revision));
    // Somebody was faster, perhaps another apiserver with the same to say: that will be here soon.
    if (write?.result === 'conflict') wait(retryMs);
  };

  const ask = async (): Promise<Finding> => {
    try {
      const endpoint = resolveEndpoint(apiService.service, backends);
      resources = await askDiscovery(apiService, endpoint, ending.signal);
      return passed;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return failed('FailedDiscoveryCheck', message);
    }
  };

  schedule();
  return {
    apiService,
    isAvailable: () => isAvailable(entry.value),
    resources: () => resources,
    endpoint: () => resolveEndpoint(apiService.service, backends),
    update: (next) => {
      const isSame = isSameJson(next.value.spec, entry.value.spec);
      if (isSame) entry = next;
      return isSame;
    },
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      clearTimeout(timer);
      await backends[Symbol.asyncDispose]();
    },
  };
}
