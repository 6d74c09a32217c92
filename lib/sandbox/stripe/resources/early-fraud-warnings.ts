import type Stripe from 'stripe'
import { noSuch } from '../http/errors'
import { listPage } from '../http/lists'
import { pageParams, refuseUnplayed } from './played'
import { checkFilters } from './refunds'
import type { Call, Routes } from './routes'

const path = '/v1/radar/early_fraud_warnings'

export const earlyFraudWarningRoutes: Routes = {
  [`GET ${path}`]: list,
  [`GET ${path}/{id}`]: retrieve,
}

function retrieve({ world, ids }: Call): Stripe.Radar.EarlyFraudWarning {
  const warning = world.store.get('earlyFraudWarnings', ids.id!)
  if (!warning) throw noSuch('radar.early_fraud_warning', ids.id!, 'early_fraud_warning')
  return warning
}

function list({ world, params }: Call<Stripe.Radar.EarlyFraudWarningListParams>) {
  refuseUnplayed(params, [...pageParams, 'charge', 'created', 'payment_intent'])
  checkFilters(world, params)
  const warnings = world.store
    .newestFirst('earlyFraudWarnings')
    .filter((warning) => params.charge === undefined || warning.charge === params.charge)
    .filter((warning) => params.payment_intent === undefined || warning.payment_intent === params.payment_intent)
  return listPage(warnings, params, path)
}
