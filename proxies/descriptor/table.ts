/** Facts in rows. */
import * as z from 'zod';
import { valueSchema } from './claim.ts';

/**
 * A column of a table of facts; its heading is `tables:facts.<table>.columns.<id>`.
 *
 * `code`: one or several literals. `text`: shown as it is, such as a version. `yes-no`: a boolean.
 * `words`: prose, `tables:facts.<table>.rows.<row>.<id>` with the other cells of its row interpolated.
 */
export const columnSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-zA-Z0-9]*$/),
  kind: z.enum(['code', 'text', 'yes-no', 'words']),
});

/**
 * Facts in rows: `tables:facts.<id>.label` is what a table is of. Cells of `words` stand in the
 * messages; a row may hold values for them that are no column.
 */
export const tableSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]*$/),
    columns: z.array(columnSchema).min(1).readonly(),
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
        const isRight =
          kind === 'words'
            ? cells[id] === undefined
            : kind === 'yes-no'
              ? typeof cells[id] === 'boolean'
              : cells[id] !== undefined && typeof cells[id] !== 'boolean';
        if (isRight) continue;
        const message = `row ${index} does not have what the column ${id} shows`;
        context.addIssue({ code: 'custom', message });
      }
    }
  });

export type Column = z.infer<typeof columnSchema>;
export type FactTable = z.infer<typeof tableSchema>;
