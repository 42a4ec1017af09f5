// The demo company's web site: a handful of pages that carry the tag, prices and a form, so that the loop can be tried by hand.

export interface SitePage {
  readonly path: string
  readonly title: string
  /** HTML of our own making; no input of anybody reaches it. */
  readonly body: string
}

const card = (title: string, text: string) => `<div class="card"><h3>${title}</h3><p>${text}</p></div>`

/** The pages in the order of the menu. `form` is the id of the published request form. */
export function sitePages(form: string): readonly SitePage[] {
  return [
    {
      path: '/demo/',
      title: 'ホーム',
      body: `<section class="hero"><h1>紙の帳票を、現場が続けられるデータに。</h1><p>サンプル帳票クラウドは、製造業の日報・点検表・作業指示をスマートフォンで完結させる架空のサービスです。</p>
        <a class="button" href="/demo/download">資料をダウンロード</a> <a class="link" href="/demo/pricing">料金を見る</a></section>
        <section class="cards">${card('入力は3タップ', '手袋のままでも迷わない画面です。')}${card('集計は自動', '転記も月末の残業も要りません。')}${card('現場から広がる', '1ラインから始めて全社へ。')}</section>`,
    },
    {
      path: '/demo/features',
      title: '機能',
      body: `<h1>機能</h1><section class="cards">${card('帳票ビルダー', '今の紙の見た目のまま作れます。')}${card('承認フロー', '押印の代わりに、いつ誰が見たかが残ります。')}${card('オフライン入力', '電波の届かない現場でも入力できます。')}${card('API', '基幹システムとつながります。')}</section>`,
    },
    {
      path: '/demo/pricing',
      title: '料金',
      body: `<h1>料金</h1><table><thead><tr><th>プラン</th><th>月額（税抜）</th><th>対象</th></tr></thead><tbody>
        <tr><td>スタート</td><td>30,000円</td><td>1ライン、20名まで</td></tr><tr><td>スタンダード</td><td>98,000円</td><td>1工場、200名まで</td></tr><tr><td>エンタープライズ</td><td>お見積もり</td><td>複数工場</td></tr></tbody></table>
        <p><a class="button" href="/demo/download">資料をダウンロード</a></p>`,
    },
    {
      path: '/demo/cases',
      title: '導入事例',
      body: `<h1>導入事例</h1><section class="cards">${card('株式会社サンプル07', '点検の転記をなくし、月40時間を改善に。')}${card('株式会社サンプル12', '3か月で12ラインに展開。')}${card('株式会社サンプル21', '監査の準備が2日から2時間に。')}</section>`,
    },
    {
      path: '/demo/faq',
      title: 'よくある質問',
      body: '<h1>よくある質問</h1><h3>最短でいつから使えますか？</h3><p>お申し込みの翌営業日から使えます。</p><h3>紙と併用できますか？</h3><p>はい。帳票ごとに切り替えられます。</p>',
    },
    {
      path: '/demo/download',
      title: '資料ダウンロード',
      body: `<h1>資料「現場帳票デジタル化ガイド」</h1><p>失敗しない進め方を20ページにまとめました。フォームを送ると、続けて担当よりご案内します。</p><div data-hagukumi-form="${form}"></div>`,
    },
  ]
}
