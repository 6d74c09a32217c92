import { expectGoodLooks } from './support/looks'
import { goTo, newAddress, signIn } from './support/people'
import { onEveryScreen } from './support/screens'
import { payWith } from './support/stripe-page'
import { expect, test } from './support/test'

/** A card for each story: whoever saves one that another account had the signup credit with loses their own. */
const unusedCards = ['6011 1111 1111 1117', '3566 0020 2036 0505']

onEveryScreen(() => {
  test('a customer saves a card, turns auto top-up on, caps the month and says who pays', async ({ page }) => {
    test.slow()
    await signIn(page, newAddress())
    await goTo(page, 'Settings')
    await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible()
    await expectGoodLooks(page)

    await test.step('adds a card on Stripe’s page', async () => {
      await page.getByRole('button', { name: 'Add a card' }).click()
      const card = unusedCards.pop()!
      await payWith(page, card)
      await page.waitForURL(/\/settings\?card=added/)
      await expect(page.getByText('The card is saved')).toBeVisible()
      await expect(page.getByRole('region', { name: 'Payment methods' })).toContainText(card.slice(-4))
      await expectGoodLooks(page)
    })

    await test.step('turns auto top-up on', async () => {
      const topUp = page.getByRole('region', { name: 'Auto top-up' })
      await topUp.getByRole('switch', { name: /Buy credit automatically/ }).check()
      // Below the signup credit, so that nothing is charged in this story.
      await topUp.getByLabel('When available credit reaches').fill('0.50')
      await topUp.getByLabel('Amount to buy').fill('20')
      await topUp.getByLabel('At most in a month').fill('100')
      await topUp.getByRole('button', { name: 'Save auto top-up' }).click()
      await expect(topUp.getByText('Saved.')).toBeVisible()
      await page.goto('/credits')
      await expect(page.getByRole('region', { name: 'Auto top-up' }).getByText('On', { exact: true })).toBeVisible()
      await expectGoodLooks(page)
    })

    await test.step('caps the month, and raises the cap again', async () => {
      await page.goto('/settings#monthly-cap')
      const cap = page.getByRole('region', { name: 'Monthly budget cap' })
      await cap.getByRole('radio', { name: /Stop usage at a limit/ }).check()
      await cap.getByLabel('Monthly limit').fill('ten')
      await cap.getByRole('button', { name: 'Save cap' }).click()
      await expect(cap.getByRole('alert')).toContainText('such as 25.00')
      for (const limit of ['40', '15']) {
        await cap.getByLabel('Monthly limit').fill(limit)
        await expect(cap.getByText(`$${limit}.00 allowed`)).toBeVisible()
        await cap.getByRole('button', { name: 'Save cap' }).click()
        await expect(cap.getByText('Saved.')).toBeVisible()
        await page.goto('/')
        await expect(page.getByText(`of $${limit}.00 cap`)).toBeVisible()
        await page.goto('/settings#monthly-cap')
      }
      await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible()
      await expectGoodLooks(page)
    })

    await test.step('says who pays, and is told which field is wrong', async () => {
      const profile = page.getByRole('region', { name: 'Billing profile' })
      await profile.getByLabel('Name on receipts').fill('Analytical Engines Ltd')
      await profile.getByLabel('Country').selectOption('DE')
      await profile.getByLabel('Tax id type').selectOption('eu_vat')
      await profile.getByLabel('Tax id', { exact: true }).fill('12')
      await profile.getByRole('button', { name: 'Save profile' }).click()
      await expect(profile.getByRole('alert')).toContainText('VAT')
      await profile.getByLabel('Tax id', { exact: true }).fill('DE123456789')
      await profile.getByLabel('Billing time zone').selectOption('Europe/Berlin')
      await profile.getByRole('button', { name: 'Save profile' }).click()
      await expect(profile.getByText('Saved.')).toBeVisible()
      await expect(profile.getByText('Europe/Berlin takes effect on')).toBeVisible()
    })

    await test.step('removes the card after a question', async () => {
      const methods = page.getByRole('region', { name: 'Payment methods' })
      await methods.getByRole('button', { name: /^Remove/ }).click()
      const question = page.getByRole('dialog')
      await expect(question).toBeVisible()
      await expectGoodLooks(page)
      await question.getByRole('button', { name: 'Remove card' }).click()
      await expect(methods).toContainText('No card is saved')
    })
  })
})
