import * as z from 'zod'
import { locales } from '@/components/intl/locales'
import { chooseLocale } from '@/lib/domain/people'
import { route } from '@/lib/http/route'

export const POST = route({ auth: 'session', input: z.object({ locale: z.enum(locales) }) }, chooseLocale)
