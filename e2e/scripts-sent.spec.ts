import type { Page } from '@playwright/test'
import { customerPages, customerWithHistory } from './support/pages'
import { signIn } from './support/people'
import { expect, test } from './support/test'

/** What a page may bring of JavaScript on a first visit, compressed. */
const mostBytes = 150_000

test('no page brings more than 150 KB of scripts, sent as they were compressed at the build, or runs them before it is painted', async ({
  page,
}) => {
  test.slow()
  await signIn(page, customerWithHistory)
  const fileSizes = new Map<string, number>()
  for (const path of [...(await customerPages(page)), '/fault-lab']) {
    const html = await (await page.request.get(path)).text()
    const files = new Set([...html.matchAll(/\/_next\/static\/chunks\/[\w./~-]+\.js/g)].map(([file]) => file))
    for (const [, older = ''] of html.matchAll(/<script src="([^"]+)" noModule/g)) files.delete(older)
    let bytes = 0
    for (const file of files) {
      const size = fileSizes.get(file) ?? (await sizeOf(page, file))
      fileSizes.set(file, size)
      bytes += size
    }
    expect(files.size, `${path} names its scripts`).toBeGreaterThan(3)
    expect(html, `scripts of ${path} that wait for no paint`).not.toMatch(/<script [^>]*async/)
    expect(bytes, `bytes of scripts of ${path}`).toBeLessThanOrEqual(mostBytes)
  }
})

async function sizeOf(page: Page, file: string): Promise<number> {
  const answer = await page.request.get(file, { headers: { 'accept-encoding': 'br' } })
  const headers = answer.headers()
  expect(headers['cache-control'], file).toContain('immutable')
  // What is below a kilobyte is sent as it is.
  if (Number(headers['content-length']) > 1024) expect(headers['content-encoding'], file).toBe('br')
  return Number(headers['content-length'])
}
