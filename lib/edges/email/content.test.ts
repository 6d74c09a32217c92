import { expect, test } from 'vitest'
import { renderMail } from './content'
import { mailWords } from './words'

test('a mail says its language and direction, also where only its body is kept', () => {
  const { t, f, name } = mailWords('ar')
  const { html, text } = renderMail({
    locale: 'ar',
    subject: t('invitation.subject', { who: name('<b>Ada</b>') }),
    paragraphs: [t('invitation.until', { at: f.instant('2026-11-28T12:00:00Z', 'Europe/Berlin') })],
    link: { label: t('links.seeInvitation'), href: 'https://billing.example/?a=1&b="2"' },
  })
  expect(html).toContain('<html lang="ar" dir="rtl">')
  expect(html).toContain('<div lang="ar" dir="rtl"')
  expect(html).toContain('\u2068&lt;b&gt;Ada&lt;/b&gt;\u2069')
  expect(html).toContain('href="https://billing.example/?a=1&amp;b=&quot;2&quot;"')
  expect(text).toContain('28 نوفمبر 2026')
  expect(text).toContain('13:00')
  const english = renderMail({ subject: 'Hello', paragraphs: ['One.', 'Two.'], footer: 'Why.' })
  expect(english.html).toContain('<html lang="en" dir="ltr">')
  expect(english.text).toBe('One.\n\nTwo.\n\n-- \nWhy.\n')
})

test.each([
  [1, 'دقيقة واحدة'],
  [2, 'دقيقتين'],
  [5, '5 دقائق'],
  [15, '15 دقيقة'],
])('%d minutes have their Arabic plural', (minutes, words) => {
  expect(mailWords('ar').t('sign_in.body', { minutes })).toContain(words)
})
