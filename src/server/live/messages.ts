/** The messages of the live API, loaded once per language. */
import type { Value } from '../../../proxies/descriptor.ts';
import { loadMessages, type Messages, type MessageTag } from '../../../proxies/kit/messages.ts';

/** The message of a key such as `errors:live.secret`, with its values. */
export type Translate = (key: string, values?: Readonly<Record<string, Value>>) => string;

const loaded = new Map<MessageTag, Messages>();

export function translateTo(tag: MessageTag): Translate {
  const messages = loaded.get(tag) ?? loadMessages(tag);
  loaded.set(tag, messages);
  return (key, values) => messages.say(key, values);
}

/** Reads the files anew at the next use: while somebody is writing them. */
export function forgetMessages(): void {
  loaded.clear();
}
