import { describe, expect, it } from 'vitest';
import { proxies, subjects } from '../../proxies/index.ts';
import { hasMessage, translate, type MessageKey } from './messages.ts';
import { sourceLocale } from './locales.ts';

describe('messages', () => {
  it.each(proxies.map((proxy) => [proxy.id, proxy] as const))(
    'say in English everything that the descriptor of %s names',
    (_, { flags, headers, errors, differences }) => {
      const keys: MessageKey[] = [
        ...flags.map(({ name, describedAs = name }) => `tables:flags.${describedAs}` as const),
        ...headers.map(({ id }) => `tables:headers.${id}` as const),
        ...errors.map(({ id }) => `tables:errors.${id}` as const),
        ...differences.map(({ id }) => `tables:differences.${id}` as const),
      ];
      expect(keys.filter((key) => !hasMessage(sourceLocale, key))).toEqual([]);
    },
  );

  it.each(subjects.map((subject) => [subject.id, subject] as const))(
    'say in English what the page of %s claims, shows and tries',
    (_, { claims, examples, tables }) => {
      const keys: MessageKey[] = [
        ...claims.flatMap(({ id }) =>
          (['statement', 'proof', 'refutation'] as const).map(
            (part) => `claims:${id}.${part}` as const,
          ),
        ),
        ...examples.flatMap(({ id }) =>
          (['title', 'about'] as const).map((part) => `examples:${id}.${part}` as const),
        ),
        ...tables.flatMap(({ id: name, describedAs: id = name, columns, rows, note }) => [
          `tables:facts.${id}.label` as const,
          ...(note ? [`tables:facts.${id}.note` as const] : []),
          ...columns.map((column) => `tables:facts.${id}.columns.${column.id}` as const),
          ...columns
            .filter(({ kind }) => kind === 'words')
            .flatMap((column) =>
              rows.map((row) => `tables:facts.${id}.rows.${row.id}.${column.id}` as const),
            ),
          ...columns
            .filter(({ kind }) => kind === 'term')
            .flatMap((column) => rows.map(({ cells }) => cells[column.id]))
            .filter((term) => term !== '')
            .map((term) => `tables:facts.${id}.terms.${String(term)}` as const),
        ]),
      ];
      expect(keys.filter((key) => !hasMessage(sourceLocale, key))).toEqual([]);
    },
  );

  it('interpolate every value that a statement names', () => {
    const t = translate(sourceLocale);
    for (const { id, values } of subjects.flatMap(({ claims }) => claims)) {
      for (const part of ['statement', 'proof', 'refutation']) {
        expect(t(`claims:${id}.${part}`, values)).not.toMatch(/[{}]|undefined|\[object/);
      }
    }
  });

  it('write lists as the language does', () => {
    const key = 'interface:claims.missing';
    expect(translate('en')(key, { needs: ['a', 'b', 'c'] })).toContain('a, b, and c');
  });

  it('throw for a key that no language has', () => {
    expect(() => translate('it')('claims:nowhere')).toThrow('no message claims:nowhere');
  });
});
