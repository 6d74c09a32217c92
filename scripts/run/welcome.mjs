/** What the person reads when everything runs: where to look, who to be, what to press. */
export function welcome({ mode, ports, appUrl }, demo) {
  const lines = [
    '',
    `Purse is running:  ${appUrl}`,
    '',
    `  API          ${appUrl}/v1, or http://127.0.0.1:${ports.gate}/v1 directly`,
  ]
  if (mode === 'demo') lines.push(...demoLines({ appUrl, ports }, demo))
  else if (!process.env.SMTP_URL) lines.push('', '  SMTP_URL is not set: no sign-in links and no notices can be sent.')
  return [...lines, '', 'Press Ctrl-C to stop.'].join('\n')
}

function demoLines({ appUrl, ports }, demo) {
  const width = Math.max(...(demo?.logins ?? []).map(({ email }) => email.length), 0)
  return [
    `  Mailbox      ${appUrl}/mailbox (all e-mail, the sign-in links too)`,
    `  Stripe       a sandbox on http://127.0.0.1:${ports.sandbox}: pay with card 4242 4242 4242 4242, any future date, any CVC`,
    ...(demo?.promotionCode ? [`  Promotion    code ${demo.promotionCode} on the payment page takes 20 % off`] : []),
    ...(demo?.serviceKey ? [`  Service key  ${demo.serviceKey}`] : []),
    '',
    'Sign in with one of these addresses and open the link in the mailbox:',
    ...(demo?.logins ?? []).map(({ email, what }) => `  ${email.padEnd(width)}  ${what}`),
    '',
    'Then press "Buy credits".',
  ]
}
