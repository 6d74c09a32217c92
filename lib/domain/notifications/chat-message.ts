import type { MailContent } from '@/lib/edges/email'

/** A message as Slack's incoming webhooks take it, and what others made after them. Slack reads &, < and > as its own signs. */
export function slackMessage({ subject, paragraphs, link }: MailContent): { text: string } {
  const lines = [`*${escaped(subject)}*`, ...paragraphs.map(escaped)]
  if (link) lines.push(`<${link.href}|${escaped(link.label)}>`)
  return { text: lines.join('\n') }
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
