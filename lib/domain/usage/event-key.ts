import { idOfText } from '@/lib/core/text-id'

const canonicalUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * The key under which an event is unique within its account: the caller's id when it is a UUID in its canonical form, else
 * made of it. Half as long as the text in the row and in its index.
 */
export const eventKeyOf = (eventId: string): string => (canonicalUuid.test(eventId) ? eventId : idOfText(eventId))

/** The id as text, when the key does not hold it. */
export const eventTextOf = (eventId: string): string | null => (canonicalUuid.test(eventId) ? null : eventId)
