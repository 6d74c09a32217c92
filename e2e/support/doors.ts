import type { Page } from '@playwright/test'

/** Words of the server for a request that it could not do just now. */
export const notAvailable = 'Not available just now. Nothing was changed.'

/** Holds what the page posts to the doors that fit, until the test lets the answers through or makes the doors fail. */
export async function holdDoors(page: Page, doors: RegExp) {
  let answer: 'pass' | 'fail' | 'vanish' | null = null
  const waiting: (() => void)[] = []
  await page.route(doors, async (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    if (answer === null) await new Promise<void>((resolve) => waiting.push(resolve))
    if (answer === 'pass') return route.continue()
    if (answer === 'vanish') return route.abort('connectionfailed')
    await route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      body: JSON.stringify({ code: 'temporarily_unavailable', detail: notAvailable }),
    })
  })
  const decide = (decision: typeof answer) => {
    answer = decision
    for (const resolve of waiting.splice(0)) resolve()
  }
  return {
    letThrough: () => decide('pass'),
    fail: () => decide('fail'),
    /** The connection breaks. */
    vanish: () => decide('vanish'),
    holdAgain: () => decide(null),
    /** How many requests wait. */
    waiting: () => waiting.length,
  }
}
