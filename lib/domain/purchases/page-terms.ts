import { env, isDemo } from '@/lib/edges/env'
import { type CheckoutMethod, type PageTerms, termsFor } from './rules'

/**
 * What a page opened now offers (docs/purchases.md). In the demo promotion codes and bank accounts are on unless switched
 * off; elsewhere the operator switches on what is set up at Stripe.
 */
export function currentPageTerms({ savesCard }: { savesCard: boolean }): PageTerms {
  const settings = env()
  const methods = settings.CHECKOUT_METHODS ?? (isDemo() ? 'card,us_bank_account' : 'card')
  const offered: PageTerms = {
    promotionCodes: (settings.CHECKOUT_PROMOTION_CODES ?? (isDemo() ? '1' : '0')) === '1',
    tax: settings.CHECKOUT_TAX === '1',
    invoice: settings.CHECKOUT_INVOICES === '1',
    methods: methods.split(',') as CheckoutMethod[],
  }
  return termsFor(offered, savesCard)
}
