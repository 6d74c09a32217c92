/** Tax ids: the types that can be given, by Stripe's names, and the shape of each. Whether one exists only its office knows. */

interface TaxIdType {
  label: string
  example: string
  pattern: RegExp
}

const euVat = [
  'ATU\\d{8}|BE[01]\\d{9}|BG\\d{9,10}|CY\\d{8}[A-Z]|CZ\\d{8,10}|DE\\d{9}|DK\\d{8}|EE\\d{9}|EL\\d{9}',
  'ES[A-Z0-9]\\d{7}[A-Z0-9]|FI\\d{8}|FR[A-HJ-NP-Z0-9]{2}\\d{9}|HR\\d{11}|HU\\d{8}|IE\\d[A-Z0-9+*]\\d{5}[A-Z]{1,2}',
  'IT\\d{11}|LT(?:\\d{9}|\\d{12})|LU\\d{8}|LV\\d{11}|MT\\d{8}|NL\\d{9}B\\d{2}|PL\\d{10}|PT\\d{9}|RO\\d{2,10}|SE\\d{12}',
  'SI\\d{8}|SK\\d{10}|XI(?:\\d{9}|\\d{12})',
].join('|')

export const taxIdTypes = {
  eu_vat: { label: 'European VAT number', example: 'DE123456789', pattern: new RegExp(`^(?:${euVat})$`) },
  gb_vat: {
    label: 'United Kingdom VAT number',
    example: 'GB123456789',
    pattern: /^GB(?:\d{9}|\d{12}|GD\d{3}|HA\d{3})$/,
  },
  us_ein: { label: 'United States EIN', example: '12-3456789', pattern: /^\d{2}-\d{7}$/ },
  ca_bn: { label: 'Canadian business number', example: '123456789', pattern: /^\d{9}$/ },
  ca_gst_hst: { label: 'Canadian GST/HST number', example: '123456789RT0002', pattern: /^\d{9}RT\d{4}$/ },
  au_abn: { label: 'Australian business number', example: '12345678912', pattern: /^\d{11}$/ },
  nz_gst: { label: 'New Zealand GST number', example: '123456789', pattern: /^\d{8,9}$/ },
  ch_vat: {
    label: 'Swiss VAT number',
    example: 'CHE-123.456.789 MWST',
    pattern: /^CHE-\d{3}\.\d{3}\.\d{3} (?:MWST|TVA|IVA)$/,
  },
  no_vat: { label: 'Norwegian VAT number', example: '123456789MVA', pattern: /^\d{9}MVA$/ },
  in_gst: { label: 'Indian GST number', example: '12ABCDE3456FGZH', pattern: /^\d{2}[A-Z]{5}\d{4}[A-Z]{2}Z[0-9A-Z]$/ },
  jp_trn: { label: 'Japanese registration number', example: 'T1234567891234', pattern: /^T\d{13}$/ },
} as const satisfies Record<string, TaxIdType>

export type TaxIdTypeName = keyof typeof taxIdTypes

export const isTaxIdType = (type: string): type is TaxIdTypeName => Object.hasOwn(taxIdTypes, type)

/** The tax id as its office writes it, or null when it has not the shape of its type. Spaces and case do not matter. */
export function normalizeTaxId(type: TaxIdTypeName, typed: string): string | null {
  const bare = typed.toUpperCase().replace(/[\s.\-/]/g, '')
  const value = printed(type, bare)
  return taxIdTypes[type].pattern.test(value) ? value : null
}

function printed(type: TaxIdTypeName, bare: string): string {
  if (type === 'us_ein') return bare.replace(/^(\d{2})(\d{7})$/, '$1-$2')
  if (type === 'ch_vat') return bare.replace(/^CHE(\d{3})(\d{3})(\d{3})([A-Z]+)$/, 'CHE-$1.$2.$3 $4')
  return bare
}
