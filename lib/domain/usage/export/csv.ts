import { stringify } from 'csv-stringify/sync'

export type CsvValue = string | number | null

/**
 * Lines of a CSV file (RFC 4180). Text that a spreadsheet would run as a formula gets an apostrophe before it: ids and tags are
 * what callers like to send.
 */
export const csvLines = (rows: CsvValue[][]): string =>
  stringify(rows, { record_delimiter: 'windows', escape_formulas: true })
