import { cookies } from 'next/headers'
import type { Theme } from '@/components/shell/theme-switch'

/** The theme that the person chose on this device; the system's setting when they chose none. */
export async function readTheme(): Promise<Theme> {
  const chosen = (await cookies()).get('theme')?.value
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system'
}
