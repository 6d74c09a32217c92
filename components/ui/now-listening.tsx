'use client'

import { useEffect } from 'react'

/** Tells the page when its scripts listen: what was typed and pressed before is done then (scripts/run/run-when-painted.js). */
export function NowListening() {
  useEffect(() => {
    document.dispatchEvent(new Event('purse-listens'))
  }, [])
  return null
}
