import { type BrowserContext, test as base, expect } from '@playwright/test'

export { expect }

/** The server refuses what a test means it to refuse, and the browser writes each refusal down. */
const refusal = /^Failed to load resource: the server responded with a status of 4\d\d/

interface Quiet {
  /** What the browser may say in this test besides: a failure that the test makes itself. */
  tolerated: RegExp | null
  quietConsole: undefined
}

/** A test during which no page of any person writes a warning or an error to the console, or throws one. */
export const test = base.extend<Quiet>({
  tolerated: [null, { option: true }],
  quietConsole: [
    async ({ browser, tolerated }, use) => {
      const said: string[] = []
      const note = (text: string, url: string) => {
        if (!refusal.test(text) && !tolerated?.test(text)) said.push(`${url}: ${text}`)
      }
      const listen = (context: BrowserContext) => {
        context.on('console', (message) => {
          if (['error', 'warning', 'assert'].includes(message.type())) note(message.text(), message.location().url)
        })
        context.on('weberror', (problem) => note(String(problem.error().stack), problem.page()?.url() ?? ''))
      }
      browser.on('context', listen)
      for (const context of browser.contexts()) listen(context)
      await use(undefined)
      browser.off('context', listen)
      expect(said, 'what the browser said on its console').toEqual([])
    },
    { auto: true },
  ],
})
