import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type Stripe from 'stripe'
import { finishChallenge } from '../checkout/finish-challenge'
import { paySession } from '../checkout/pay-session'
import { applyCode, applyTax, removeDiscount } from '../checkout/price-session'
import { readBody } from '../http/read-body'
import type { CollectedDetails } from '../state/collections'
import type { World } from '../state/world'
import { answerCreditNotePdf, answerInvoice, answerInvoicePdf } from './answer-invoice'
import { answerPortal } from './answer-portal'
import { renderChallengePage } from './challenge-page'
import { addressFields, readCheckoutForm } from './checkout-form'
import { type CheckoutView, formNeeds, renderCheckoutPage, untouched } from './checkout-page'
import { messagePage } from './layout'
import { renderReceiptPage } from './receipt-page'

type Reply =
  | { status: number; page: string }
  | { redirectUrl: string }
  | { asset: string; contentType: string }
  | { pdf: Buffer; fileName: string }

const assets: Record<string, { asset: string; contentType: string }> = {
  '/assets/sandbox.css': { asset: readAsset('./sandbox.css'), contentType: 'text/css; charset=utf-8' },
  '/assets/checkout.js': { asset: readAsset('./checkout.js'), contentType: 'text/javascript; charset=utf-8' },
}

function readAsset(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8')
}

/** Answers a browser. What a page says is on disk before it is shown. */
export async function answerPage(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const reply = await choosePage(world, request, path)
  await world.store.flush()
  if ('redirectUrl' in reply) {
    response.writeHead(303, { location: reply.redirectUrl, 'cache-control': 'no-store' })
    response.end()
    return
  }
  if ('asset' in reply) {
    response.writeHead(200, { 'content-type': reply.contentType, 'cache-control': 'no-cache' })
    response.end(reply.asset)
    return
  }
  if ('pdf' in reply) {
    response.writeHead(200, {
      'content-type': 'application/pdf',
      'content-length': reply.pdf.length,
      'content-disposition': `inline; filename="${reply.fileName}"`,
      'cache-control': 'no-store',
    })
    response.end(reply.pdf)
    return
  }
  response.writeHead(reply.status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  })
  response.end(reply.page)
}

async function choosePage(world: World, request: IncomingMessage, path: string): Promise<Reply> {
  const asset = assets[path]
  if (asset) return asset
  const [, kind, id, pdf] =
    /^\/(c\/pay|c\/3ds|receipts|invoices|credit_notes|p\/session)\/(\w+)(\/pdf)?$/.exec(path) ?? []
  if (kind === 'credit_notes') return (pdf && answerCreditNotePdf(world, id!)) || notFound
  if (pdf) return (kind === 'invoices' && answerInvoicePdf(world, id!)) || notFound
  const isPost = request.method === 'POST'
  const query = new URL(request.url!, 'http://sandbox').searchParams
  if (kind === 'c/pay') return checkout(world, id!, isPost ? await readForm(request) : null)
  if (kind === 'c/3ds') return challenge(world, id!, isPost ? await readForm(request) : null)
  if (kind === 'receipts') return receipt(world, id!)
  if (kind === 'p/session') return answerPortal(world, id!, isPost ? await readForm(request) : null, query) ?? notFound
  if (kind === 'invoices') return answerInvoice(world, id!, isPost ? await readForm(request) : null, query) ?? notFound
  if (path === '/') {
    return ok(
      messagePage(
        'Stripe sandbox',
        'A local stand-in for Stripe. It speaks Stripe’s API to test keys; cards are not charged.',
      ),
    )
  }
  return notFound
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams((await readBody(request)) ?? '')
}

const ok = (text: string): Reply => ({ status: 200, page: text })
const notFound: Reply = { status: 404, page: messagePage('Not found', 'The sandbox has no such page.') }

function checkout(world: World, id: string, form: URLSearchParams | null): Reply {
  const session = world.store.get('checkoutSessions', id)
  if (!session) return notFound
  if (!form || session.status !== 'open') return ok(renderCheckoutPage(world, session, untouched))

  const action = form.get('action')
  if (action === 'apply_code' || action === 'remove_code') return changeDiscount(world, session, form)
  const { submission, problems } = readCheckoutForm(form, formNeeds(world, session))
  const values = keepableValues(form)
  if (action === 'update_total') {
    for (const name of Object.keys(problems)) if (!placeFields.includes(name)) delete problems[name]
  }
  const taxed = taxFirst(world, session, form, submission.collected, problems)
  if (taxed) return taxed
  if (Object.keys(problems).length) {
    return ok(renderCheckoutPage(world, session, { values, problems, decline: null }))
  }
  const result = world.store.transaction(() => paySession(world, session, submission))
  if (result.kind === 'complete') return { redirectUrl: result.redirectUrl }
  if (result.kind === 'authenticate') return { redirectUrl: result.url }
  return declinedPage(world, id, { values, problems: {}, decline: result.message })
}

const placeFields: string[] = addressFields.map(([name]) => name)

/** The code is another form, so what was typed about the card is not sent with it. */
function changeDiscount(world: World, session: Stripe.Checkout.Session, form: URLSearchParams): Reply {
  const typed = form.get('promotion_code') ?? ''
  const isServed = session.allow_promotion_codes === true
  const problem = world.store.transaction(() => {
    if (form.get('action') === 'apply_code' && isServed) return applyCode(world, session, typed)
    if (isServed) removeDiscount(world, session)
    return null
  })
  const now = world.store.get('checkoutSessions', session.id)!
  if (!problem) return ok(renderCheckoutPage(world, now, untouched))
  const problems = { promotion_code: problem }
  return ok(renderCheckoutPage(world, now, { values: { promotion_code: typed }, problems, decline: null }))
}

/** Nobody pays a total they have not seen: an address that changes the tax shows the page again. */
function taxFirst(
  world: World,
  session: Stripe.Checkout.Session,
  form: URLSearchParams,
  { address, taxId }: CollectedDetails,
  problems: Record<string, string>,
): Reply | null {
  const hasPlace = !placeFields.some((name) => problems[name])
  if (!form.has('shown_total') || !hasPlace) return null
  const priced = world.store.transaction(() => applyTax(world, session, address, taxId?.type ?? null))
  const isSeen = Number(form.get('shown_total')) === priced.amount_total
  if (isSeen && form.get('action') !== 'update_total') return null
  const notice = isSeen
    ? 'The total stays as it is for this address.'
    : 'The total now includes the tax for your address. Look at it before you pay.'
  const values = Object.fromEntries(form)
  return ok(renderCheckoutPage(world, priced, { values, problems: {}, decline: null, notice }))
}

/** Numbers and security code are typed again; the rest is kept. */
function keepableValues(form: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...form].filter(([name]) => !['card_number', 'cvc', 'account_number'].includes(name)))
}

function declinedPage(world: World, sessionId: string, view: CheckoutView): Reply {
  return ok(renderCheckoutPage(world, world.store.get('checkoutSessions', sessionId)!, view))
}

function challenge(world: World, id: string, form: URLSearchParams | null): Reply {
  const found = world.store.get('challenges', id)
  if (!found) return notFound
  if (!form && found.state === 'open' && isStillAsked(world, found.intentId))
    return ok(renderChallengePage(world, found))

  const isPassed = form?.get('outcome') === 'pass'
  const finished = form
    ? world.store.transaction(() => finishChallenge(world, found, isPassed))
    : { kind: 'stale' as const }
  switch (finished.kind) {
    case 'redirect':
      return { redirectUrl: finished.url }
    case 'declined':
      return declinedPage(world, finished.sessionId, { ...untouched, decline: finished.message })
    case 'done':
      return ok(messagePage(finished.isPassed ? 'Confirmed' : 'Not confirmed', 'You can close this page.'))
    case 'stale':
      return ok(
        messagePage(
          'No longer needed',
          'This question has been answered or replaced. Go back to where you were paying.',
        ),
      )
  }
}

function isStillAsked(world: World, intentId: string): boolean {
  const intent: Stripe.PaymentIntent | Stripe.SetupIntent | undefined =
    world.store.get('paymentIntents', intentId) ?? world.store.get('setupIntents', intentId)
  return intent?.status === 'requires_action'
}

function receipt(world: World, token: string): Reply {
  const chargeId = world.store.get('receipts', token)
  const charge = chargeId ? world.store.get('charges', chargeId) : undefined
  return charge ? ok(renderReceiptPage(world, charge)) : notFound
}
