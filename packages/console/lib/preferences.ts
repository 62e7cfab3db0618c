// What a browser remembers of its reader, in cookies so that the server's first page is already right.

export const THEME_COOKIE = 'fleet_theme'
export const ZONE_COOKIE = 'fleet_zone'
export const THEMES = ['system', 'dark', 'light'] as const
export type Theme = (typeof THEMES)[number]

const YEAR_S = 31_536_000

export function readTheme(value: string | undefined): Theme {
  return THEMES.find((theme) => theme === value) ?? 'system'
}

/** Only in browsers. */
export function remember(name: string, value: string): void {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${YEAR_S}; samesite=strict`
}
