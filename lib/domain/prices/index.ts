/** Dated prices of models. */
export { listPrices, type ModelPriceDto } from './list-prices'
export { ratesOf } from './price-book'
export { publishPrices } from './publish-prices'
