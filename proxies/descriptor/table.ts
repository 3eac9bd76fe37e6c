/** Facts in rows. */
import * as z from 'zod';
import { valueSchema, type Value } from './claim.ts';

const urlsSchema = z.array(z.url({ protocol: /^https$/ })).min(1);

/**
 * A column of a table of facts; its heading is `tables:facts.<table>.columns.<id>`.
 *
 * `code`: one or several literals. `text`: shown as it is, such as a version. `yes-no`: a boolean.
 * `link`: one or several URLs of where the row comes from. `term`: one of a few that the table has words for,
 * `tables:facts.<table>.terms.<cell>`; empty where there is none to say. `words`: prose, `tables:facts.<table>.rows.<row>.<id>` with the other cells of its row interpolated.
 */
export const columnSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-zA-Z0-9]*$/),
  kind: z.enum(['code', 'text', 'yes-no', 'link', 'term', 'words']),
});

/**
 * Facts in rows: `tables:facts.<id>.label` is what a table is of. Cells of `words` stand in the
 * messages; a row may hold values for them that are no column.
 *
 * Its messages are found by `describedAs`, which is its id unless another page has a table of that name.
 */
export const tableSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]*$/),
    describedAs: z.string().optional(),
    columns: z.array(columnSchema).min(1).readonly(),
    /** What all rows were found under: the values of the message `tables:facts.<id>.note`. */
    note: z.record(z.string(), valueSchema).optional(),
    rows: z
      .array(
        z.strictObject({
          id: z.string().regex(/^[a-z0-9-]+$/),
          cells: z.record(z.string(), valueSchema),
        }),
      )
      .min(1)
      .readonly(),
  })
  .superRefine(({ columns, rows }, context) => {
    for (const [index, { cells }] of rows.entries()) {
      for (const { id, kind } of columns) {
        if (isShown[kind](cells[id])) continue;
        const message = `row ${index} does not have what the column ${id} shows`;
        context.addIssue({ code: 'custom', message });
      }
    }
  });

/** Whether a cell has what its column shows. */
const isShown: Readonly<Record<Column['kind'], (cell: Value | undefined) => boolean>> = {
  words: (cell) => cell === undefined,
  'yes-no': (cell) => typeof cell === 'boolean',
  code: isLiteral,
  text: isLiteral,
  term: (cell) => typeof cell === 'string',
  link: (cell) => urlsSchema.safeParse(cell).success,
};

function isLiteral(cell: Value | undefined): boolean {
  return cell !== undefined && typeof cell !== 'boolean';
}

export type Column = z.infer<typeof columnSchema>;
export type FactTable = z.infer<typeof tableSchema>;
