import { expect, type Page } from '@playwright/test'

/** Roles that mean nothing to a person who hears them without a name. (A group is what unfolds: its summary names it.) */
const named =
  /^\s*- (button|checkbox|combobox|dialog|img|link|listbox|menuitem|meter|navigation|option|progressbar|radio|radiogroup|region|searchbox|slider|spinbutton|switch|tab|table|textbox|tree)\b(?! ")(.*)$/

/**
 * The page as a screen reader has it: its landmarks, one heading of the first level and no level skipped below it, a name for
 * everything that can be pressed or filled in, tables with captions and headers, and charts whose figures can be read.
 */
export async function expectGoodTree(page: Page): Promise<void> {
  const where = page.url()
  const tree = await page.locator('body').ariaSnapshot()
  const nameless = tree.split('\n').filter((line) => named.test(line) && !/\[ref|\/url/.test(line))
  expect.soft(nameless, `${where}: without a name`).toEqual([])

  await expect.soft(page.getByRole('main'), `${where}: one main`).toHaveCount(1)
  const landmarks = await page
    .locator(
      'nav:visible, section[aria-label]:visible, section[aria-labelledby]:visible, [role=region]:visible, form[aria-label]:visible',
    )
    .evaluateAll((elements) =>
      elements.map((element) => {
        const by = element.getAttribute('aria-labelledby')
        const label = by ? document.getElementById(by)?.textContent : element.getAttribute('aria-label')
        return `${element.tagName.toLowerCase()} ${label?.trim() ?? ''}`
      }),
    )
  const repeated = landmarks.filter((landmark, index) => landmarks.indexOf(landmark) !== index)
  expect.soft(repeated, `${where}: landmarks that sound alike`).toEqual([])

  const levels = await page
    .locator('h1, h2, h3, h4, h5, h6')
    .evaluateAll((headings) =>
      headings
        .filter((heading) => heading.checkVisibility())
        .map((heading) => ({ level: Number(heading.tagName[1]), text: heading.textContent?.trim() ?? '' })),
    )
  expect
    .soft(
      levels.filter(({ level }) => level === 1),
      `${where}: one first heading`,
    )
    .toHaveLength(1)
  const skipped = levels.filter(({ level }, index) => level > (levels[index - 1]?.level ?? 0) + 1)
  expect.soft(skipped, `${where}: a level of headings is skipped`).toEqual([])
  expect
    .soft(
      levels.filter(({ text }) => text === ''),
      `${where}: empty headings`,
    )
    .toEqual([])

  const tables = await page.locator('table').evaluateAll((all) =>
    all
      .filter((table) => table.checkVisibility())
      .flatMap((table) => {
        const name = table.querySelector('caption')?.textContent?.trim() || table.getAttribute('aria-label')
        const heads = [...table.querySelectorAll('th')]
        return [
          ...(name ? [] : ['a table without a caption']),
          ...(heads.length > 0 ? [] : [`${name}: no headers`]),
          ...heads
            .filter((head) => !head.hasAttribute('scope'))
            .map((head) => `${name}: ${head.textContent} has no scope`),
        ]
      }),
  )
  expect.soft(tables, `${where}: tables`).toEqual([])

  // A chart is a picture with a name; the same figures stand in a table or a list of its region.
  const charts = await page.locator('figure svg[role=img], svg[role=img][height]').evaluateAll((all) =>
    all
      .filter((chart) => chart.checkVisibility() && chart.getBoundingClientRect().height > 40)
      .filter((chart) => {
        const region = chart.closest('section')
        return !region?.querySelector('table, dl, ul, ol') || !/\d/.test(chart.getAttribute('aria-label') ?? '')
      })
      .map((chart) => chart.getAttribute('aria-label')),
  )
  expect.soft(charts, `${where}: charts without figures in words`).toEqual([])

  // Wrong fields say so, and what is wrong is read with them.
  const wrong = await page
    .locator('[aria-invalid=true]')
    .evaluateAll((fields) =>
      fields
        .filter((field) =>
          (field.getAttribute('aria-describedby') ?? '')
            .split(' ')
            .every((id) => !document.getElementById(id)?.textContent?.trim()),
        )
        .map((field) => field.getAttribute('name')),
    )
  expect.soft(wrong, `${where}: wrong fields without a reason`).toEqual([])
}
