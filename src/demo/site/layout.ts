import type { SitePage } from './pages.ts'

const STYLE = `:root{color-scheme:light dark;--bd:light-dark(#e4e6ea,#2d333c);--ac:light-dark(#0f6b6b,#5cd1cf)}*{box-sizing:border-box}
body{margin:0;font:16px/1.8 "Hiragino Sans","Noto Sans JP","Noto Sans CJK JP",system-ui,sans-serif;background:light-dark(#fff,#14171b);color:light-dark(#1b1f27,#e6e8ec)}
header{display:flex;flex-wrap:wrap;gap:8px 24px;align-items:center;padding:14px 24px;border-bottom:1px solid var(--bd)}header b{font-size:17px}nav{display:flex;flex-wrap:wrap;gap:4px 18px}a{color:inherit}nav a{text-decoration:none;font-size:14px}nav a[aria-current]{color:var(--ac);font-weight:600}
main{max-width:920px;margin:0 auto;padding:40px 24px 80px}.hero{padding:40px 0 24px}h1{font-size:30px;line-height:1.45;margin:0 0 16px}.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(220px,1fr));gap:16px;margin:24px 0}.card{border:1px solid var(--bd);border-radius:12px;padding:18px 20px}.card h3{margin:0 0 6px;font-size:16px}.card p{margin:0}
.button{display:inline-block;background:var(--ac);color:light-dark(#fff,#0b1414);padding:10px 20px;border-radius:8px;text-decoration:none;font-weight:600}.link{margin-left:12px}table{width:100%;border-collapse:collapse}td,th{text-align:left;padding:12px;border-bottom:1px solid var(--bd)}footer{border-top:1px solid var(--bd);padding:20px 24px;font-size:13px;color:light-dark(#5d6573,#9aa3b0)}`

/** One page of the demo site with the tag in its head. */
export function renderPage(page: SitePage, pages: readonly SitePage[], writeKey: string): string {
  const menu = pages.map((each) => `<a href="${each.path}"${each === page ? ' aria-current="page"' : ''}>${each.title}</a>`).join('')
  return `<!doctype html><html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><link rel="icon" href="/favicon.svg"><title>${page.title} | サンプル帳票クラウド（デモ）</title><style>${STYLE}</style>
<script async src="/tag.js" data-key="${writeKey}"></script></head><body><header><b>サンプル帳票クラウド</b><nav aria-label="メニュー">${menu}</nav></header><main>${page.body}</main><footer>Hagukumi のデモ用サイトです。会社も製品も架空のものです。</footer></body></html>`
}
