import { useSyncExternalStore } from 'react'

/** Until when the person has said, on this page, that they have read everything; before the server's pages know. */
let readUntil = ''
const listeners = new Set<() => void>()

export const getReadUntil = (): string => readUntil

/** An instant such as "2026-11-21T10:00:00.000Z". */
export function setReadUntil(instant: string): void {
  readUntil = instant
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useReadUntil = (): string => useSyncExternalStore(subscribe, getReadUntil, () => '')
