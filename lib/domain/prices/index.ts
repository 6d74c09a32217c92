/** Dated prices of models. */
export { listPrices, type ModelPriceDto } from './list-prices'
export { readModelNames } from './model-names'
export { type PriceBook, priceBook } from './price-book'
export { publishPrices } from './publish-prices'
