/** How events that come of a hold are told from those that a caller names. A caller's id may not begin so. */
export const holdEventPrefixes = ['hold:', 'late:']
