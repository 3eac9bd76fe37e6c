/** Runs of the cloud's experiment as they were recorded, in a language: asked for where the page has it. */
import type { APIRoute } from 'astro';
import { sayCloudService, sayCloudServiceLine } from '../../cloud-service-text.ts';
import { allLocales } from '../../i18n/locales.ts';
import { translate } from '../../i18n/messages.ts';
import type { RecordedCloudServices } from '../../recorded-cloud-services.ts';
import { transcripts } from '../../transcripts.ts';

export function getStaticPaths() {
  return allLocales.map((locale) => ({ params: { locale }, props: { locale } }));
}

export const GET: APIRoute<{ readonly locale: (typeof allLocales)[number] }> = ({ props }) => {
  const t = translate(props.locale);
  const recorded: RecordedCloudServices = Object.fromEntries(
    Object.entries(transcripts?.cloudServices ?? {}).map(([choice, { lines, summary }]) => [
      choice,
      {
        steps: lines.map((line) => ({ ...line, text: sayCloudServiceLine(line, t) })),
        text: sayCloudService(summary, t),
      },
    ]),
  );
  return Response.json(recorded);
};
