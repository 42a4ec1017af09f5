// Runs before the first paint, so neither the colour scheme nor the language flashes.
// A file of its own because the page's policy allows no inline script.
;(() => {
  var scheme = 'auto'
  var language = null
  try {
    scheme = localStorage.getItem('mantine-color-scheme-value') || 'auto'
    language = localStorage.getItem('hagukumi.language')
  } catch (_) {}
  var dark = scheme === 'dark' || (scheme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
  document.documentElement.lang = language === 'en' ? 'en' : 'ja'
})()

// zod would try whether it may compile code at run time; our Content-Security-Policy says no, and browsers report each try.
globalThis.__zod_globalConfig = { jitless: true }
