import { v7, validate } from 'uuid'

/** A UUIDv7 made by us: sorts by time, needs no sequence in the database. */
export const newId = (): string => v7()

export const isId = (text: string): boolean => validate(text)
