import { readFocus } from './support/focus'
import { expectDialogKeepsFocus, goByName, tabTo } from './support/keys'
import { customerWithHistory } from './support/pages'
import { newAddress, signIn } from './support/people'
import { expect, test } from './support/test'

test('by the keyboard alone a customer buys credit up to the payment page', async ({ page }) => {
  test.slow()
  await signIn(page, newAddress())

  await test.step('the first stop leads past the navigation', async () => {
    await page.keyboard.press('Tab')
    await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('main')).toBeFocused()
  })

  await test.step('finds the button that buys', async () => {
    await tabTo(page, page.getByRole('main').getByRole('link', { name: 'Buy credits' }).first())
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: 'Credits', level: 1 })).toBeVisible()
  })

  await test.step('picks an amount with the arrows', async () => {
    const presets = page.getByRole('group', { name: /amount/i }).getByRole('radio')
    await tabTo(page, presets.and(page.locator(':checked')))
    await page.keyboard.press('ArrowRight')
    await expect(presets.nth(2)).toBeChecked()
    await expect(page.getByLabel('Or another amount')).toHaveValue('50')
  })

  await test.step('is told by the keyboard, too, what is wrong', async () => {
    const amount = page.getByLabel('Or another amount')
    await tabTo(page, amount)
    await page.keyboard.press('Control+a')
    await page.keyboard.type('4')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('alert').filter({ hasText: '$5.00' })).toBeVisible()
    await expect(amount).toBeFocused()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('50')
  })

  await test.step('and goes to pay', async () => {
    await tabTo(page, page.getByRole('button', { name: 'Continue to payment' }))
    await page.keyboard.press('Space')
    await expect(page.getByLabel('Card number')).toBeVisible()
  })
})

test('by the keyboard alone a customer changes the cap', async ({ page }) => {
  await signIn(page, newAddress())
  await goByName(page, 'cap', 'Change the monthly cap')
  await page.waitForURL(/\/settings#monthly-cap/)
  const cap = page.getByRole('region', { name: 'Monthly budget cap' })
  await tabTo(page, cap.getByRole('radio').and(page.locator(':checked')))
  await page.keyboard.press('ArrowDown')
  await expect(cap.getByRole('radio', { name: /Stop usage at a limit/ })).toBeChecked()
  await tabTo(page, cap.getByLabel('Monthly limit'))
  await page.keyboard.type('40')
  const save = cap.getByRole('button', { name: 'Save cap' })
  await tabTo(page, save)
  await page.keyboard.press('Enter')
  await expect(cap.getByText('Saved.')).toBeVisible()
  await expect(save).toBeFocused()
})

test('by the keyboard alone a customer makes an API key and revokes it; dialogs keep the focus and give it back', async ({
  page,
}) => {
  test.slow()
  await signIn(page, newAddress())
  await goByName(page, 'create', 'Create an API key')
  await page.waitForURL(/\/settings\/keys/)
  const create = page.getByRole('button', { name: 'Create key' }).first()
  const dialog = page.getByRole('dialog')
  await tabTo(page, create)
  await page.keyboard.press('Enter')
  await expect(dialog.getByLabel('Name')).toBeFocused()
  await expectDialogKeepsFocus(page, create)

  await test.step('makes it', async () => {
    await page.keyboard.press('Enter')
    await expect(dialog.getByLabel('Name')).toBeFocused()
    await page.keyboard.type('Night jobs')
    await tabTo(page, dialog.getByRole('button', { name: 'Create key' }))
    await page.keyboard.press('Enter')
    const copied = dialog.getByRole('button', { name: 'I have copied it' })
    await expect(copied).toBeVisible()
    // The form is gone; the focus is still in the dialog.
    await expect(dialog.and(page.locator(':focus-within, :focus'))).toBeVisible()
    await tabTo(page, copied)
    await page.keyboard.press('Enter')
    await expect(dialog).toBeHidden()
    await expect(create).toBeFocused()
  })

  await test.step('revokes it after a question, whose first answer is no', async () => {
    const revoke = page.getByRole('button', { name: 'Revoke Night jobs' })
    await tabTo(page, revoke)
    await page.keyboard.press('Enter')
    await expect(dialog.getByRole('button', { name: 'Keep', exact: true })).toBeFocused()
    await expectDialogKeepsFocus(page, revoke)
    await page.keyboard.press('Enter')
    await expect(dialog).toBeVisible()
    await page.keyboard.press('Shift+Tab')
    await expect(dialog.getByRole('button', { name: 'Revoke key' })).toBeFocused()
    await page.keyboard.press('Space')
    await expect(page.getByText('1 ended key')).toBeVisible()
    // The row that held the focus is gone; what comes next is near it, not at the top of the page.
    await page.keyboard.press('Tab')
    const stop = await readFocus(page)
    expect(stop?.problem).toBeNull()
    expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true)
  })
})

test('by the keyboard alone a customer opens the explanation of a charge', async ({ page }) => {
  test.slow()
  await signIn(page, customerWithHistory)
  await goByName(page, 'usage', 'Usage')
  await page.waitForURL(/\/usage$/)
  await expect(page.getByRole('heading', { name: 'Usage', level: 1 })).toBeVisible()
  await tabTo(page, page.getByRole('link', { name: /explain this charge/ }).first(), 200)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Explain this charge', level: 1 })).toBeVisible()

  await test.step('the next stop is on the new page', async () => {
    await page.keyboard.press('Tab')
    await expect.poll(() => page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true)
    expect((await readFocus(page))?.problem).toBeNull()
  })

  await test.step('a figure says its exact value in focus, and Escape puts it away', async () => {
    await tabTo(page, page.getByRole('main').locator('[data-tip]:is(button, [tabindex])').first())
    await expect(page.getByRole('tooltip')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('tooltip')).toBeHidden()
  })
})

test('what opens over the page closes with Escape and gives the focus back', async ({ page }) => {
  await signIn(page, newAddress())
  const menu = page.getByRole('button', { name: /@example\.com/ }).filter({ visible: true })
  await menu.focus()
  await page.keyboard.press('Enter')
  const theme = page.getByRole('radio', { name: 'System' }).filter({ visible: true })
  await expect(theme).toBeVisible()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Escape')
  await expect(theme).toBeHidden()
  await expect(menu).toBeFocused()

  const opener = page.getByRole('button', { name: 'Go to…' }).filter({ visible: true })
  await opener.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('combobox', { name: 'Page or action' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(opener).toBeFocused()
})
