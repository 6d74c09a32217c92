import net from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { resetEnv } from '@/lib/edges/env'
import { sendMail } from '.'

/** A mail server that takes everything and keeps what it was told. */
async function aMailServer() {
  const heard: string[] = []
  const server = net.createServer((socket) => {
    let isData = false
    socket.write('220 test\r\n')
    socket.on('data', (chunk) => {
      for (const line of chunk
        .toString()
        .split('\r\n')
        .filter((text, i, all) => i < all.length - 1 || text)) {
        heard.push(line)
        if (isData) {
          if (line !== '.') continue
          isData = false
          socket.write('250 taken\r\n')
        } else if (/^DATA/i.test(line)) {
          isData = true
          socket.write('354 go on\r\n')
        } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n')
        else socket.write(/^EHLO/i.test(line) ? '250 test\r\n' : '250 ok\r\n')
      }
    })
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { heard, port: (server.address() as net.AddressInfo).port, close: () => server.close() }
}

let server: Awaited<ReturnType<typeof aMailServer>>

beforeAll(async () => {
  server = await aMailServer()
  process.env.DATABASE_URL ||= 'postgresql://127.0.0.1:1/none'
  process.env.SMTP_URL = `smtp://127.0.0.1:${server.port}`
  resetEnv()
})

afterAll(() => {
  delete process.env.SMTP_URL
  resetEnv()
  server.close()
})

const mail = { to: 'ada@example.com', subject: 'Hello', text: 'text', html: '<p>text</p>', cause: 'notification:1' }

test('nothing that is typed begins another header or reaches another recipient', async () => {
  server.heard.length = 0
  await sendMail({ ...mail, subject: 'Hello\r\nBcc: eve@evil.example\u2028X-Other: 1\u0000' })
  expect(server.heard.filter((line) => /^RCPT/i.test(line))).toEqual(['RCPT TO:<ada@example.com>'])
  expect(server.heard.filter((line) => /^(bcc|x-other)/i.test(line))).toEqual([])
  for (const to of [
    'ada@example.com, eve@evil.example',
    'Eve <eve@evil.example>',
    'ada@example.com\nBcc: eve@evil.example',
    '',
  ]) {
    await expect(sendMail({ ...mail, to })).rejects.toThrow('one plain address')
  }
})

test('the same cause is the same message to a mail program', async () => {
  server.heard.length = 0
  await sendMail(mail)
  await sendMail(mail)
  await sendMail({ ...mail, cause: 'notification:2' })
  const ids = server.heard.filter((line) => /^message-id:/i.test(line))
  expect(ids).toHaveLength(3)
  expect(ids[0]).toBe(ids[1])
  expect(ids[2]).not.toBe(ids[0])
})
