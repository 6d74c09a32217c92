import type Stripe from 'stripe'
import { noSuch } from '../http/errors'
import { listByPayment } from './by-payment'
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
  return listByPayment(world, 'earlyFraudWarnings', params, path)
}
