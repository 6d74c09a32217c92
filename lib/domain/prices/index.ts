/** Dated prices of models. */
export { listPrices, type ModelPriceDto } from './list-prices'
export { type PriceBook, priceBook } from './price-book'
export { publishPrices } from './publish-prices'
