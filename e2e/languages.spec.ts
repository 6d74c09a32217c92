import type { BrowserContext, Page } from '@playwright/test'
import { expectGoodLooks } from './support/looks'
import { customerPages, customerWithHistory } from './support/pages'
import { signIn } from './support/people'
import { onEveryScreen } from './support/screens'
import { expect, test } from './support/test'

let cookies: Parameters<BrowserContext['addCookies']>[0] | undefined

/** Signs in once for all tests of this file: links for one address are few. */
async function signInOnce(page: Page): Promise<void> {
  if (!cookies) {
    await signIn(page, customerWithHistory)
    cookies = await page.context().cookies()
  }
  await page.context().addCookies(cookies)
  await page.goto('/')
}

/** Mails to this person are read by other tests, in English. */
const speakEnglishAgain = (page: Page) =>
  page.evaluate(() =>
    fetch('/api/locale', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ locale: 'en' }),
    }),
  )

async function choose(page: Page, language: string): Promise<void> {
  await page.locator('[popovertarget]:visible').click()
  await page.getByRole('button', { name: language, exact: true }).filter({ visible: true }).click()
}

/** Words that are the same in every language: names, codes, units, what people and programs called things. */
const names =
  /Purse|Stripe|Visa|Mastercard|American Express|USD|US\$|UTC|API|CSV|PDF|Grace[\w’' ]*|[\w.+-]+@[\w.-]+|[\w-]*\d[\w.-]*|[A-Z][a-z]+\/[A-Z][A-Za-z_]+|English|Deutsch|\bK\b|Kimi|Code|DeepSeek|Pro\b|GPT|OSS|Llama|Qwen|GLM|MiniMax|FOCUS|hledger|beancount|Slack|Chrome|Linux|https?|example\.com|Linus|[Nn]ightly evaluation|evaluation|Production( chat)?|\bchat\b|code-review|The new model is compared until Friday|signup|ending|purse_ak\S+/g

/** Words that only English has; short ones, which every sentence has. */
const english =
  /\b(the|and|your|you|with|from|this|that|of|for|not|has|have|are|is|by|used|usage|added|charged|credit|balance|receipt|settings)\b/gi

/** Latin letters that a person can see, in Arabic; in German, words that only English has. Code and addresses are no words. */
async function foreignWords(page: Page, language: 'de' | 'ar'): Promise<string[]> {
  const text = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const seen: string[] = []
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement
      if (
        !parent?.checkVisibility() ||
        parent.closest('script, style, code, pre, kbd, option, [dir="ltr"]:not(html), [lang="en"]:not(html)')
      )
        continue
      seen.push(node.nodeValue ?? '')
    }
    return seen.join(' ')
  })
  const words = language === 'ar' ? /[A-Za-z]{3,}/g : english
  return [...new Set(text.replaceAll(names, ' ').match(words) ?? [])]
}

for (const [language, code] of [
  ['Deutsch', 'de'],
  ['العربية', 'ar'],
] as const) {
  test(`no page shows a word of English to whoever chose ${language}`, async ({ page }) => {
    test.slow()
    await signInOnce(page)
    await choose(page, 'English')
    // The demo's mailbox shows mails as they were written, to whomever.
    const paths = (await customerPages(page)).filter((path) => path !== '/mailbox')
    await page.goto('/')
    await choose(page, language)
    const found: string[] = []
    for (const path of [...paths, '/invoices']) {
      await page.goto(path)
      await expect(page.locator('html')).toHaveAttribute('lang', code)
      const words = await foreignWords(page, code)
      if (words.length > 0) found.push(`${path}: ${words.join(' ')}`)
    }
    await speakEnglishAgain(page)
    expect(found).toEqual([])
  })
}

onEveryScreen(() => {
  test('the dashboard speaks German, with money and dates as German writes them', async ({ page }) => {
    test.slow()
    await signInOnce(page)
    await choose(page, 'Deutsch')
    await expect(page.getByRole('heading', { name: 'Übersicht', level: 1 })).toBeVisible()
    await expect(page.locator('html')).toHaveAttribute('lang', 'de')
    await expect(page.locator('html')).toHaveAttribute('dir', 'ltr')
    await expect(page.getByRole('region', { name: 'Kontostand', exact: true })).toContainText(/\d,\d\d\s\$/)
    await expect(page.locator('time').filter({ visible: true }).first()).toHaveText(/^\d{1,2}\. \p{L}+\.? \d{4}$/u)
    expect(await foreignWords(page, 'de')).toEqual([])
    await expectGoodLooks(page)

    await test.step('and reads an amount as it is typed there', async () => {
      await page.goto('/credits')
      await page.getByLabel('Oder ein anderer Betrag').fill('12,50')
      await expect(page.getByRole('status').filter({ hasText: /\d,\d\d\s\$/ })).toBeVisible()
      await page.getByLabel('Oder ein anderer Betrag').fill('4,99')
      await page.getByRole('button', { name: 'Weiter zur Zahlung' }).click()
      await expect(page.getByText('Der kleinste Kauf ist 5,00 $.')).toBeVisible()
      await expectGoodLooks(page)
    })
    await speakEnglishAgain(page)
  })

  test('the dashboard speaks Arabic from right to left, with its plurals, money and dates', async ({ page }) => {
    test.slow()
    await signInOnce(page)
    await choose(page, 'العربية')
    await expect(page.getByRole('heading', { name: 'نظرة عامة', level: 1 })).toBeVisible()
    await expect(page.locator('html')).toHaveAttribute('lang', 'ar')
    await expect(page.locator('html')).toHaveAttribute('dir', 'rtl')
    await expect(page.getByRole('region', { name: 'الرصيد الحالي' })).toContainText(/US\$\s−?[\d,]+\.\d\d/)
    await expect(page.locator('time').filter({ visible: true }).first()).toHaveText(/\d{1,2} \p{Script=Arabic}+ \d{4}/u)
    expect(await foreignWords(page, 'ar')).toEqual([])
    await expectGoodLooks(page)
    for (const path of ['/credits', '/receipts', '/settings']) {
      await page.goto(path)
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(/\p{Script=Arabic}/u)
      await expectGoodLooks(page)
    }
    await speakEnglishAgain(page)
  })

  test('sign-in speaks the language that the browser asks for, and offers the others', async ({ browser }) => {
    const context = await browser.newContext({ locale: 'de-AT' })
    const page = await context.newPage()
    await page.goto('/sign-in')
    await expect(page.getByRole('heading', { name: 'Bei Purse anmelden' })).toBeVisible()
    await page.getByRole('button', { name: 'العربية' }).click()
    await expect(page.getByRole('heading', { name: 'تسجيل الدخول إلى Purse' })).toBeVisible()
    await expectGoodLooks(page)
    await page.getByRole('button', { name: 'English' }).click()
    await expect(page.getByRole('heading', { name: 'Sign in to Purse' })).toBeVisible()
    await context.close()
  })
})
