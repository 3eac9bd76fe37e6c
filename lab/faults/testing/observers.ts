/** Who watches a collection: client-node's informer, what comes over its wire, and our own informer. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  ListWatch,
  Watch,
  makeInformer,
  type KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
} from '@kubernetes/client-node';
import type { ApiClient, KubeObject } from '../../../proxies/kit/api/api-client.ts';
import { startInformer } from '../../../proxies/kit/api/informer.ts';
import { wordsOf } from './writer.ts';

export interface Observer extends AsyncDisposable {
  /** What it was told, as `wordsOf` puts it, in order. */
  readonly told: readonly string[];
  /** The revisions of what it was told. */
  readonly revisions: readonly number[];
  /** How often it listed: once, and whenever it could not go on from where it was. */
  readonly lists: number;
  /** How often it had to connect again. */
  readonly breaks: number;
}

export interface Watched {
  readonly config: KubeConfig;
  readonly path: string;
  readonly labelSelector: string;
  readonly list: () => Promise<KubernetesListObject<KubernetesObject>>;
}

/** As its documentation has it: after an error it is started again. */
export async function startClientNodeInformer(watched: Watched): Promise<Observer> {
  const { config, path, labelSelector } = watched;
  const record = createRecord();
  const informer = makeInformer(config, path, record.countLists(watched.list), labelSelector);
  informer.on('add', (object) => record.tell('ADDED', object));
  informer.on('update', (object) => record.tell('MODIFIED', object));
  informer.on('delete', (object) => record.tell('DELETED', object));
  return keepRunning(informer, record);
}

/** Every event as it comes over the wire, before the informer drops what it knows. */
export async function startClientNodeWatch(watched: Watched): Promise<Observer> {
  const { config, path, labelSelector } = watched;
  const record = createRecord();
  class RecordingWatch extends Watch {
    override watch: Watch['watch'] = (to, query, onEvent, onDone) =>
      super.watch(
        to,
        query,
        (type, object: KubernetesObject, event) => {
          if (type !== 'BOOKMARK') record.tell(type, object);
          onEvent(type, object, event);
        },
        onDone,
      );
  }
  const watch = new RecordingWatch(config);
  const list = record.countLists(watched.list);
  return keepRunning(new ListWatch(path, watch, list, false, labelSelector), record);
}

export async function startOwnInformer(
  client: ApiClient,
  path: string,
  labelSelector: string,
): Promise<Observer> {
  const record = createRecord();
  const types = { added: 'ADDED', changed: 'MODIFIED', deleted: 'DELETED' } as const;
  const informer = startInformer(client, { path, labelSelector, log: record.countBreak });
  informer.onChange(({ type, object }) => record.tell(types[type], object));
  await informer.synced;
  return record.observer(() => informer[Symbol.asyncDispose]());
}

interface Startable {
  on(verb: 'error', listener: () => void): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const restartPauseMs = 50;

async function keepRunning(
  informer: Startable,
  record: ReturnType<typeof createRecord>,
): Promise<Observer> {
  const ending = new AbortController();
  const { signal } = ending;
  informer.on('error', () => {
    record.countBreak();
    void delay(restartPauseMs, undefined, { signal }).then(
      () => informer.start(),
      () => undefined,
    );
  });
  await informer.start();
  return record.observer(async () => {
    ending.abort();
    await informer.stop();
  });
}

function createRecord() {
  const told: string[] = [];
  const revisions: number[] = [];
  let lists = 0;
  let breaks = 0;
  return {
    tell: (type: string, object: KubernetesObject | KubeObject) => {
      told.push(wordsOf(type, object));
      revisions.push(Number(object.metadata?.resourceVersion));
    },
    countLists:
      <T>(list: () => Promise<T>) =>
      () => {
        lists += 1;
        return list();
      },
    countBreak: () => {
      breaks += 1;
    },
    observer: (end: () => PromiseLike<void>): Observer => ({
      told,
      revisions,
      get lists() {
        return lists;
      },
      get breaks() {
        return breaks;
      },
      [Symbol.asyncDispose]: async () => {
        await end();
      },
    }),
  };
}
