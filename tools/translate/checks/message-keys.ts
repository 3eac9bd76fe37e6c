/** The same messages: none missing, none left over, none empty. */
import { type Check, type Finding, messageUnit } from '../check.ts';

export const checkMessageKeys: Check = ({ messages }) =>
  messages.flatMap(({ namespace, file, english, translated, lineOf }) => {
    const sources = new Set(english.map(({ key }) => key));
    const present = new Set(translated.map(({ key }) => key));
    const missing = english
      .filter(({ key }) => !present.has(key))
      .map(({ key }): Finding => ({
        file,
        line: 1,
        expected: `the message ${messageUnit(namespace, key)}`,
        found: 'none',
        fix: 'Translate it.',
        unit: messageUnit(namespace, key),
      }));
    const surplus = translated
      .filter(({ key }) => !sources.has(key))
      .map(({ key }): Finding => ({
        file,
        line: lineOf(key),
        expected: 'only messages that English has',
        found: messageUnit(namespace, key),
        fix: 'Remove it, or mend its key.',
      }));
    const empty = translated.flatMap(({ key, forms }) =>
      [...forms]
        .filter(([, text]) => text.trim() === '')
        .map(([form]): Finding => ({
          file,
          line: lineOf(key, form),
          expected: 'a text',
          found: 'an empty one',
          fix: 'Translate it.',
          unit: messageUnit(namespace, key),
        })),
    );
    return [...missing, ...surplus, ...empty];
  });
