/** ⌘K on Apple keyboards, Ctrl K elsewhere. */
export const paletteKey = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘K' : 'Ctrl K'
