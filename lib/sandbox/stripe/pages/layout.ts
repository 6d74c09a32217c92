import { type Html, html } from './html'

/** A whole page: banner, content, the one style sheet and (where needed) the one script. */
export function page(title: string, content: Html, { hasScript = false } = {}): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/sandbox.css">
${hasScript && html`<script src="/assets/checkout.js" defer></script>`}
</head>
<body>
<p class="banner" role="note">Sandbox: no real money moves</p>
${content}
</body>
</html>
`.text
}

/** A page that only says something, with an optional way on. */
export function messagePage(title: string, text: string, link?: { href: string; label: string }): string {
  return page(
    title,
    html`<main class="message"><h1>${title}</h1><p>${text}</p>${link && html`<p><a class="button" href="${link.href}">${link.label}</a></p>`}</main>`,
  )
}
