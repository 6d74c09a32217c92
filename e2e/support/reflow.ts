import { expect, type Page } from '@playwright/test'

/**
 * Nothing to scroll sideways, no words that are cut off or lie on others, no controls on top of each other. What scrolls by itself,
 * such as a wide table, may; what stands still while the page scrolls is looked at by `tabThrough`.
 */
export async function expectReflow(page: Page): Promise<void> {
  const found = await page.evaluate(() => {
    const problems: string[] = []
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth > clientWidth) problems.push(`the page is ${scrollWidth - clientWidth} pixels too wide`)
    const textOf = (element: Element) => (element.textContent ?? '').trim().replaceAll(/\s+/g, ' ').slice(0, 40)
    /** For screen readers only: a box of a pixel that cuts off what it holds. */
    const isForEars = (element: Element): boolean => {
      for (let at: Element | null = element; at; at = at.parentElement) {
        if (at.clientWidth <= 1 && getComputedStyle(at).overflow === 'hidden') return true
      }
      return false
    }
    const isSeen = (element: Element) =>
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
      !element.closest('svg') &&
      !isForEars(element)
    const stands = (element: Element | null): boolean => {
      for (let at = element; at; at = at.parentElement) {
        if (['fixed', 'sticky'].includes(getComputedStyle(at).position)) return true
      }
      return false
    }

    interface Words {
      text: string
      owner: Element
      box: DOMRect
    }
    const words: Words[] = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const owner = node.parentElement
      if (!owner || !node.textContent?.trim() || owner.closest('script, style, template, option') || !isSeen(owner))
        continue
      const range = document.createRange()
      range.selectNodeContents(node)
      for (const box of range.getClientRects()) {
        if (box.width > 1 && box.height > 1) words.push({ text: textOf(owner), owner, box })
      }
    }

    for (const { text, owner, box } of words) {
      let isScrolled = false
      for (let at: Element | null = owner; at && at !== document.documentElement; at = at.parentElement) {
        const style = getComputedStyle(at)
        if (/auto|scroll/.test(style.overflowX + style.overflowY)) isScrolled = true
        if (isScrolled || !/hidden|clip/.test(style.overflowX)) continue
        const frame = at.getBoundingClientRect()
        if (box.right > frame.right + 1 || box.left < frame.left - 1) problems.push(`cut off: ${text}`)
      }
      if (!isScrolled && (box.right > innerWidth + 1 || box.left < -1)) problems.push(`outside of the screen: ${text}`)
    }

    const overlap = (a: DOMRect, b: DOMRect) =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 3 &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4
    const flowing = words.filter(({ owner }) => !stands(owner) && !owner.closest('[popover], dialog'))
    flowing.forEach((one, index) => {
      for (const other of flowing.slice(index + 1)) {
        if (one.owner !== other.owner && overlap(one.box, other.box)) {
          problems.push(`on top of each other: ${one.text} | ${other.text}`)
        }
      }
    })
    const controls = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter(
      (control) => isSeen(control) && !stands(control) && !control.closest('[popover], dialog'),
    )
    const boxes = controls.map((control) => ({ control, box: control.getBoundingClientRect() }))
    boxes.forEach((one, index) => {
      for (const other of boxes.slice(index + 1)) {
        if (one.control.contains(other.control) || other.control.contains(one.control)) continue
        if (overlap(one.box, other.box)) {
          problems.push(`controls on top of each other: ${textOf(one.control)} | ${textOf(other.control)}`)
        }
      }
    })
    return [...new Set(problems)]
  })
  expect.soft(found, `${page.url()} at ${JSON.stringify(page.viewportSize())}`).toEqual([])
}
