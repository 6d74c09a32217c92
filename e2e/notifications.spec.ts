import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { accountIdOf, askGate, useUpCredit } from './support/gate'
import { expectGoodLooks } from './support/looks'
import { newAddress, signIn } from './support/people'
import { onEveryScreen } from './support/screens'
import { expect, test } from './support/test'

/** A chat's address that keeps what it is sent. */
async function aChat() {
  const messages: string[] = []
  const server = http.createServer((request, answer) => {
    let text = ''
    request.on('data', (part) => {
      text += part
    })
    request.on('end', () => {
      messages.push(JSON.parse(text).text)
      answer.end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { messages, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` }
}

onEveryScreen(() => {
  test('a customer chooses what to hear of, is told that usage is paused, and has read it', async ({ page }) => {
    test.slow()
    const chat = await aChat()
    await signIn(page, newAddress())
    await page.goto('/notifications')
    await expect(page.getByText('Nothing to tell yet')).toBeVisible()
    await expectGoodLooks(page)

    await test.step('chooses topics, the threshold and a webhook', async () => {
      await page.getByRole('link', { name: 'Choose what you hear of' }).click()
      await expect(page.getByRole('heading', { name: 'Notifications', level: 1 })).toBeVisible()
      const topics = page.getByRole('region', { name: 'What and how' })
      const cell = topics.getByRole('checkbox', { name: 'Purchases and receipts: E-mail' })
      await cell.uncheck()
      await expect(topics.getByText('Saved')).toBeVisible()

      const low = page.getByRole('region', { name: 'Low credit' })
      await low.getByLabel('At or below').fill('lots')
      await low.getByRole('button', { name: 'Save' }).click()
      await expect(low.getByRole('alert')).toBeVisible()
      await low.getByLabel('At or below').fill('7.50')
      await low.getByRole('button', { name: 'Save' }).click()
      await expect(low.getByText('Saved')).toBeVisible()

      const webhook = page.getByRole('region', { name: 'Your webhook' })
      await webhook.getByLabel('Address').fill('http://example.com/hook')
      await webhook.getByRole('button', { name: 'Save' }).click()
      await expect(webhook.getByRole('alert')).toContainText('https://')
      await webhook.getByLabel('Address').fill(chat.url)
      await webhook.getByRole('button', { name: 'Save' }).click()
      await expect(webhook.getByText('Messages go to http://127.0.0.1')).toBeVisible()
      await webhook.getByRole('button', { name: 'Send a test message' }).click()
      await expect(webhook.getByText('The last message arrived.')).toBeVisible()
      expect(chat.messages[0]).toContain('This is a test')

      await page.reload()
      await expect(cell).not.toBeChecked()
      await expect(low.getByLabel('At or below')).toHaveValue('7.50')
      await expect(topics.getByRole('checkbox', { name: 'Usage is paused: Webhook' })).toBeChecked()
      await expectGoodLooks(page)
    })

    await test.step('uses the credit up, and is told so in each place', async () => {
      const accountId = await accountIdOf(page)
      await useUpCredit(accountId)
      const next = { account_id: accountId, idempotency_key: 'next', max_cost: '0.10' }
      const refused = await askGate('authorizations', next)
      expect(refused.status).toBe(403)
      await expect.poll(() => chat.messages.join('\n'), { timeout: 30_000 }).toContain('Usage is suspended')

      await page.goto('/')
      await page.getByRole('link', { name: '1 new notification' }).filter({ visible: true }).click()
      await expect(page.getByRole('link', { name: /Usage is suspended: there is no credit.*new/ })).toBeVisible()
      await expectGoodLooks(page)
      await page.getByRole('button', { name: 'Mark all as read' }).click()
      await expect(page.getByRole('button', { name: 'Mark all as read' })).toBeHidden()
      await expect(page.getByRole('status').filter({ hasText: 'Everything is read.' })).toBeVisible()
      await expect(
        page.getByRole('link', { name: 'Notifications', exact: true }).filter({ visible: true }),
      ).not.toHaveCount(0)
    })
    chat.server.close()
  })
})
