/** For tests: a small content folder with a translation that every check accepts. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runChecks, type CheckName } from './run-checks.ts';

export interface ContentFixture extends Disposable {
  readonly root: string;
  write(path: string, text: string): void;
}

const good: Readonly<Record<string, string>> = {
  'glossary.json': JSON.stringify({
    languages: { it: { note: '', never: [] }, 'pt-BR': { note: '', never: [] } },
    terms: [],
  }),
  'docs/en/index.mdx': `---
title: Hop by Hop
description: Every claim can be run.
---

Read about [the proxy](/en/kubectl-proxy/#filter).
`,
  'docs/it/index.mdx': `---
title: Hop by Hop
description: Ogni affermazione si può eseguire.
---

Leggi [del proxy](/it/kubectl-proxy/#filter).
`,
  'docs/en/kubectl-proxy.mdx': `---
title: kubectl proxy
description: A proxy on your desktop.
---

It listens on port 8001 with \`--port\`.

## The filter {#filter}

<Claim id="filter-default" title="Safe by default" />

See [above](#filter) and <Value of={flags.port} />.

\`\`\`sh title="Try it"
kubectl proxy --port=0
\`\`\`
`,
  'docs/it/kubectl-proxy.mdx': `---
title: kubectl proxy
description: Un proxy sul tuo computer.
---

Con \`--port\` è in ascolto sulla porta 8.001.

## Il filtro {#filter}

<Claim id="filter-default" title="Sicuro senza fare nulla" />

Vedi <Value of={flags.port} /> e [sopra](#filter).

\`\`\`sh title="Prova"
kubectl proxy --port=0
\`\`\`
`,
  'messages/en/interface.json': JSON.stringify(
    {
      run: 'Run `{{command}}` again',
      search: { pages_one: '{{count}} page', pages_other: '{{count}} pages' },
    },
    null,
    2,
  ),
  'messages/it/interface.json': JSON.stringify(
    {
      run: 'Esegui di nuovo `{{command}}`',
      search: {
        pages_one: 'una pagina',
        pages_many: '{{count}} di pagine',
        pages_other: '{{count}} pagine',
      },
    },
    null,
    2,
  ),
};

/** Writes the good content and the changes over it; a change to null leaves the file out. */
export function contentFixture(
  changes: Readonly<Record<string, string | null>> = {},
): ContentFixture {
  const root = mkdtempSync(join(tmpdir(), 'content-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries({ ...good, ...changes })) {
    if (text !== null) write(path, text);
  }
  return { root, write, [Symbol.dispose]: () => rmSync(root, { recursive: true }) };
}

/** The good text of a file with a part replaced. */
export function altered(path: string, part: string, replacement: string): Record<string, string> {
  const text = good[path];
  if (text?.includes(part) !== true) throw new Error(`${path} has no ${part}`);
  return { [path]: text.replace(part, replacement) };
}

/** What one check finds in the Italian of a changed fixture: `file:line expected | found`. */
export function findings(
  check: CheckName,
  changes: Readonly<Record<string, string | null>>,
): string[] {
  using fixture = contentFixture(changes);
  return runChecks('it', fixture.root)
    .filter((finding) => finding.check === check)
    .map(({ file, line, expected, found }) => {
      const path = file.slice(fixture.root.length + 1);
      return `${path}:${line} ${expected} | ${found}`;
    });
}
