'use client'

import { useEffect } from 'react'

const places = 'dialog[open], section[id], main'

/**
 * When what is in focus goes away, because it was removed or another view took its place, the keyboard goes on from what it was part
 * of, and not from the top of the page.
 */
export function KeepFocus() {
  useEffect(() => {
    /** What was last in focus, and what it was part of, the nearest first. */
    let last: Element | null = null
    let around: HTMLElement[] = []
    const remember = ({ target }: FocusEvent) => {
      if (!(target instanceof Element)) return
      last = target
      around = []
      for (let at = target.closest<HTMLElement>(places); at; at = at.parentElement?.closest(places) ?? null) {
        around.push(at)
      }
    }
    const goOn = () => {
      if (!last || last.isConnected || document.activeElement !== document.body) return
      const place = around.find((one) => one.isConnected && one.checkVisibility())
      last = null
      if (!place) return
      // Sections are no stops of their own: this one is until it is left.
      if (!place.hasAttribute('tabindex')) {
        place.tabIndex = -1
        place.addEventListener('blur', () => place.removeAttribute('tabindex'), { once: true })
      }
      place.focus({ preventScroll: true })
    }
    const observer = new MutationObserver(goOn)
    observer.observe(document.body, { childList: true, subtree: true })
    document.addEventListener('focusin', remember)
    return () => {
      observer.disconnect()
      document.removeEventListener('focusin', remember)
    }
  }, [])
  return null
}
