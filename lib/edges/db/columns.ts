/**
 * Arrays as PostgreSQL reads them, one for each column of many rows: an `unnest` of a few texts instead of thousands of
 * parameters.
 */

/** Numbers, ids and fixed words: texts that need no quotes. */
export const plainColumn = (values: (string | number | bigint | null)[]): string =>
  `{${values.map((value) => value ?? 'NULL').join(',')}}`

export const timeColumn = (values: (Date | null)[]): string =>
  `{${values.map((value) => value?.toISOString() ?? 'NULL').join(',')}}`

/** Any text, quoted. */
export const textColumn = (values: (string | null)[]): string =>
  `{${values.map((value) => (value === null ? 'NULL' : quoted(value))).join(',')}}`

const quoted = (text: string) => `"${/["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`
