/** The words of what a press of a button shows, in a language: asked for when one is pressed. */
import type { APIRoute } from 'astro';
import { proxies } from '../../../proxies/index.ts';
import { traceWords } from '../../components/trace-words.ts';
import { allLocales, locales } from '../../i18n/locales.ts';
import { translate } from '../../i18n/messages.ts';
import type { LateWords } from '../../live/late-words.ts';

export function getStaticPaths() {
  return allLocales.map((locale) => ({ params: { locale }, props: { locale } }));
}

export const GET: APIRoute<{ readonly locale: (typeof allLocales)[number] }> = ({ props }) => {
  const { locale } = props;
  const t = translate(locale);
  const words: LateWords = {
    offline: t('interface:run.offline'),
    claimed: t('interface:claims.claimed'),
    refuted: t('interface:claims.refuted'),
    hops: t('interface:hops.label'),
    shortened: t('interface:run.shortened'),
    trace: traceWords(locales[locale], t, proxies),
  };
  return Response.json(words);
};
