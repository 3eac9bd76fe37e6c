/** What a check is, what it is given, and what it finds. */
import type { MessageUnit } from '../../src/i18n/message-units.ts';
import type { Page } from '../../src/i18n/sections.ts';
import type { Locale, Tag } from '../../src/i18n/locales.ts';
import type { Glossary } from './glossary.ts';

/** A page in both languages; null where a language lacks it. */
export interface PagePair {
  readonly name: string;
  /** Where the translation is, or should be. */
  readonly file: string;
  readonly english: Page | null;
  readonly translated: Page | null;
}

/** A namespace of messages in both languages. */
export interface MessagesPair {
  readonly namespace: string;
  readonly file: string;
  readonly english: readonly MessageUnit[];
  readonly translated: readonly MessageUnit[];
  /** The line of a key in the translation's file, or 1. */
  readonly lineOf: (key: string, form?: string) => number;
}

/** Everything of one language, beside its English. English itself is compared with itself. */
export interface Translation {
  readonly locale: Locale;
  readonly tag: Tag;
  readonly isSource: boolean;
  readonly glossary: Glossary;
  readonly pages: readonly PagePair[];
  readonly messages: readonly MessagesPair[];
}

/** One thing to mend. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly expected: string;
  readonly found: string;
  /** What to do, as an instruction. */
  readonly fix: string;
  /** What it is about, so that `stamp` refuses just that: a section or a message. */
  readonly unit?: string;
}

/** Looks at one language and says what is wrong; never throws about content. */
export type Check = (translation: Translation) => Finding[];

/** The name of a section in findings and on the command line: `kubectl-proxy#filter`. */
export function sectionUnit(page: string, anchor: string): string {
  return anchor.startsWith('#') ? `${page}${anchor}` : `${page}#${anchor}`;
}

/** The name of a message in findings and on the command line: `interface:search.none`. */
export function messageUnit(namespace: string, key: string): string {
  return `${namespace}:${key}`;
}
