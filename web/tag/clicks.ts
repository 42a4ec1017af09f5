// Clicks on links that lead away, and downloads.

const FILE = /\.(pdf|docx?|xlsx?|pptx?|csv|zip|gz|7z|rar|exe|dmg|pkg|msi|epub|mp3|mp4|mov|key|odt|ods|odp)$/i

/** Watches clicks on links, also by keyboard and middle button. Links inside the same site are page views and not told twice. */
export function watchClicks(emit: (name: string, props: object) => void, leave: () => void): void {
  const see = (event: Event) => {
    const path = event.composedPath?.() ?? []
    const link = path.find((node): node is HTMLAnchorElement => node instanceof HTMLAnchorElement && !!node.href)
    if (!link || (event.type === 'auxclick' && (event as MouseEvent).button !== 1)) return
    const file = FILE.test(link.pathname) || link.hasAttribute('download')
    const marked = link.dataset['hagukumiClick']
    if (!file && link.host === location.host && marked === undefined) return
    const props = { href: link.href, text: (marked || link.textContent || '').trim().slice(0, 200) }
    emit(file ? 'file.downloaded' : 'link.clicked', file ? { ...props, file: decodeName(link.pathname) } : props)
    leave()
  }
  document.addEventListener('click', see, true)
  document.addEventListener('auxclick', see, true)
}

function decodeName(path: string): string {
  const name = path.split('/').pop() ?? ''
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
