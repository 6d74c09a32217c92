/** "Visa •••• 4242" */
export const cardName = (card: { brand: string; last4: string }): string =>
  `${card.brand.charAt(0).toUpperCase()}${card.brand.slice(1)} •••• ${card.last4}`
