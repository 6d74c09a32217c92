/** Dated prices of models. */
export { listPrices, type ModelPriceDto } from './list-prices'
export { forgetPrices, ratesOf } from './price-book'
export { publishPrices } from './publish-prices'
