'use client'

import { useEffect, useRef } from 'react'

const gapPixels = 6
const marginPixels = 8

/**
 * One tip for the whole page: anything with `data-tip` shows it on hover, focus and tap; Escape puts it away. Server-rendered
 * figures get it without a script of their own.
 */
export function Tips() {
  const tip = useRef<HTMLDivElement>(null)

  useEffect(() => {
    const box = tip.current
    if (!box) return
    let owner: Element | null = null

    const hide = () => {
      owner = null
      box.hidden = true
    }
    const show = (target: EventTarget | null) => {
      const next = target instanceof Element ? target.closest('[data-tip]') : null
      // The pointer may move onto the tip itself, to read or copy it.
      if (target instanceof Node && box.contains(target)) return
      // Scrolling to a figure in focus brings other things under a pointer that lies still: its tip stays.
      if (!next) return owner?.matches(':focus-visible') ? undefined : hide()
      owner = next
      box.textContent = next.getAttribute('data-tip')
      box.hidden = false
      place(box, next.getBoundingClientRect())
    }
    const onPointer = (event: Event) => show(event.target)
    const onFocus = (event: Event) => {
      if (event.target instanceof Element && event.target.matches('[data-tip]:focus-visible')) show(event.target)
    }
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && owner && hide()

    // Coming to a figure by the keyboard may scroll the page: its tip goes with it. A tip under the pointer has lost its place.
    const onScroll = () => (owner?.matches(':focus-visible') ? place(box, owner.getBoundingClientRect()) : hide())

    const stop = new AbortController()
    const options = { signal: stop.signal, passive: true }
    document.addEventListener('pointerover', onPointer, options)
    document.addEventListener('click', onPointer, options)
    document.addEventListener('focusin', onFocus, options)
    document.addEventListener('focusout', hide, options)
    document.addEventListener('keydown', onKey, options)
    window.addEventListener('scroll', onScroll, { ...options, capture: true })
    return () => stop.abort()
  }, [])

  return (
    <div
      ref={tip}
      hidden
      role="tooltip"
      className="fixed z-50 max-w-[min(22rem,calc(100vw-1rem))] rounded-ui bg-ink px-2.5 py-1.5 text-xs whitespace-pre-line text-canvas"
    />
  )
}

function place(box: HTMLElement, target: DOMRect) {
  const { width, height } = box.getBoundingClientRect()
  const left = target.left + target.width / 2 - width / 2
  const isRoomAbove = target.top - height - gapPixels > marginPixels
  box.style.left = `${Math.max(marginPixels, Math.min(left, window.innerWidth - width - marginPixels))}px`
  box.style.top = `${isRoomAbove ? target.top - height - gapPixels : target.bottom + gapPixels}px`
}
