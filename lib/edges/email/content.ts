/** A mail's words become its plain and its HTML form. Every word is escaped: names and bank messages are not ours. */
import { defaultLocale, directionOf, type Locale } from '@/lib/core/locales'

export interface MailContent {
  /** The language of the words; English when nothing is said. */
  locale?: Locale
  subject: string
  paragraphs: string[]
  link?: { label: string; href: string }
  footer?: string
}

export interface MailBody {
  subject: string
  text: string
  html: string
}

export function renderMail({ locale = defaultLocale, subject, paragraphs, link, footer }: MailContent): MailBody {
  const text = [...paragraphs, ...(link ? [`${link.label}:\n${link.href}`] : []), ...(footer ? [`-- \n${footer}`] : [])]
  const html = [
    ...paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
    ...(link ? [`<p><a href="${escapeHtml(link.href)}">${escapeHtml(link.label)}</a></p>`] : []),
    ...(footer ? [`<p><small>${escapeHtml(footer)}</small></p>`] : []),
  ]
  return {
    subject,
    text: `${text.join('\n\n')}\n`,
    html: `<!doctype html>
<html ${written(locale)}>
<head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body>
<div ${written(locale)} style="font-family: system-ui, sans-serif; font-size: 15px; line-height: 1.5; max-width: 36em">
<h1 style="font-size: 18px">${escapeHtml(subject)}</h1>
${html.join('\n')}
</div>
</body>
</html>
`,
  }
}

/** Said twice: mail programs that show a mail inside a page of theirs keep nothing of the outermost element. */
const written = (locale: Locale): string => `lang="${locale}" dir="${directionOf(locale)}"`

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]!)
