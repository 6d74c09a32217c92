import { expect, type Page } from '@playwright/test'

export interface Stop {
  /** "button Save": what it is and what it is called. */
  name: string
  /** In the order of the document. */
  order: number
  /** Why a person could not see where they are; null: they can. */
  problem: string | null
}

/** Where the keyboard is. Null: on nothing, such as the browser's own bars. */
export const readFocus = (page: Page): Promise<Stop | null> =>
  page.evaluate(() => {
    const focused = document.activeElement
    if (!focused || focused === document.body) return null
    // A hidden radio or box is drawn by its label.
    const isDrawn = focused.getBoundingClientRect().width > 1
    const shown = isDrawn ? focused : (focused.closest('label') ?? focused)
    const label = focused.getAttribute('aria-label') ?? (focused as HTMLInputElement).labels?.[0]?.textContent
    const name = `${focused.getAttribute('role') ?? focused.tagName.toLowerCase()} ${(label ?? focused.textContent ?? '').trim().slice(0, 60)}`
    const order = [...document.querySelectorAll('*')].indexOf(focused)

    const { outlineStyle, outlineWidth } = getComputedStyle(shown)
    const box = shown.getBoundingClientRect()
    const problems: string[] = []
    if (outlineStyle === 'none' || Number.parseFloat(outlineWidth) < 1) problems.push('has no visible outline')
    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)]
    const [start, end] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)]
    if (bottom - top < Math.min(box.height, innerHeight / 2) - 2) problems.push('is outside of the screen')
    if (end - start < box.width - 2) problems.push('is beside the screen')
    const points = [
      [start + 3, (top + bottom) / 2],
      [(start + end) / 2, top + 3],
      [(start + end) / 2, bottom - 3],
    ]
    const hidden = points.flatMap(([x = 0, y = 0]) => {
      const over = document.elementFromPoint(x, y)
      // A control within the label, or a word beside it in the same line.
      if (!over || shown.contains(over) || over.contains(shown) || over.closest('label')?.contains(shown)) return []
      return [`is behind ${over.tagName.toLowerCase()} ${over.textContent?.trim().slice(0, 30)}`]
    })
    // What is larger than the room between the bars lies behind one of them at its end, wherever the page is scrolled to.
    const isLarge = box.height > innerHeight / 2
    if (hidden.length > (isLarge ? points.length - 1 : 0)) problems.push(hidden[0]!)
    return { name, order, problem: problems.join(', ') || null }
  })

/**
 * Goes through the page with the Tab key, from its beginning, and expects each stop to be seen and to come after the one before it
 * in the document. Returns the stops.
 */
export async function tabThrough(page: Page, most = 250): Promise<Stop[]> {
  await page.evaluate(() => {
    ;(document.activeElement as HTMLElement | null)?.blur()
    getSelection()?.removeAllRanges()
    scrollTo(0, 0)
  })
  const stops: Stop[] = []
  for (let pressed = 0; pressed < most; pressed++) {
    await page.keyboard.press('Tab')
    const stop = await readFocus(page)
    // Past the last one the browser begins anew.
    if (stop === null || stop.order === stops[0]?.order) break
    stops.push(stop)
  }
  const unseen = stops.filter(({ problem }) => problem).map(({ name, problem }) => `${name} ${problem}`)
  expect.soft(unseen, `${page.url()} at ${JSON.stringify(page.viewportSize())}`).toEqual([])
  return stops
}
