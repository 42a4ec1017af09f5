// Domains that say nothing about a company, as data. Pure and browser-safe.

/** Addresses anybody can have: free mail, phone carriers, internet providers. Also their subdomains. */
const OPEN_MAIL = new Set(
  `gmail.com googlemail.com yahoo.co.jp yahoo.com ymail.ne.jp ymail.com rocketmail.com yahoo.co.uk yahoo.fr yahoo.de yahoo.com.tw yahoo.com.hk yahoo.co.kr yahoo.co.in yahoo.com.cn
  outlook.com outlook.jp outlook.co.jp hotmail.com hotmail.co.jp hotmail.co.uk hotmail.fr hotmail.de live.jp live.com live.co.uk msn.com windowslive.com passport.com
  icloud.com me.com mac.com aol.com aol.jp aim.com gmx.com gmx.de gmx.net web.de mail.com mail.ru yandex.ru yandex.com inbox.ru bk.ru list.ru rambler.ru
  proton.me protonmail.com protonmail.ch pm.me tutanota.com tuta.io tuta.com zoho.com zohomail.com fastmail.com fastmail.fm hushmail.com duck.com hey.com skiff.com
  qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com 139.com 189.cn aliyun.com naver.com hanmail.net daum.net nate.com kakao.com
  orange.fr wanadoo.fr free.fr laposte.net sfr.fr t-online.de freenet.de libero.it virgilio.it uol.com.br bol.com.br terra.com.br comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net btinternet.com sky.com
  excite.co.jp excite.com goo.jp goo.ne.jp mail.goo.ne.jp infoseek.jp infoseek.co.jp rakuten.jp lycos.jp lycos.com livedoor.com livedoor.jp nifty.com nifty.ne.jp biglobe.ne.jp biglobe.jp so-net.ne.jp ocn.ne.jp ocn.jp odn.ne.jp odn.jp
  dion.ne.jp plala.or.jp plala.jp asahi-net.or.jp asahi-net.jp hi-ho.ne.jp hi-ho.jp iij4u.or.jp iij.ad.jp infosphere.ne.jp interlink.or.jp interq.or.jp jcom.home.ne.jp jcom.ne.jp jcom.zaq.ne.jp zaq.ne.jp zaq.jp home.ne.jp
  t-com.ne.jp tcp-ip.or.jp wakwak.com wakwak.ne.jp sannet.ne.jp dti.ne.jp dream.com dream.jp eonet.ne.jp eo.ne.jp kcn.ne.jp kcn.jp ctc.ne.jp commufa.jp tcat.ne.jp thn.ne.jp tokai.or.jp tnc.ne.jp cnc.jp catvy.ne.jp
  bbexcite.jp bb.excite.co.jp bbiq.jp enjoy.ne.jp mega-egg.ne.jp megaegg.jp pikara.ne.jp pikara.jp qtnet.ne.jp nttpc.ne.jp ybb.ne.jp softbank.jp auone-net.jp auone.jp rakumail.jp rakuten.ne.jp
  docomo.ne.jp ezweb.ne.jp au.com softbank.ne.jp vodafone.ne.jp i.softbank.jp disney.ne.jp disneymobile.ne.jp willcom.com pdx.ne.jp ymobile.ne.jp ymobile1.ne.jp emnet.ne.jp wcm.ne.jp uqmobile.jp rakuten-mobile.jp mineo.jp emobile.ne.jp y-mobile.ne.jp ido.ne.jp tu-ka.ne.jp sky.tu-ka.ne.jp jp-d.ne.jp jp-k.ne.jp jp-t.ne.jp jp-q.ne.jp jp-s.ne.jp jp-h.ne.jp jp-r.ne.jp jp-n.ne.jp jp-c.ne.jp linemo.jp povo.jp ahamo.com
  sakura.ne.jp xsrv.jp lolipop.jp sub.jp main.jp heteml.jp kagoya.net coreserver.jp valueserver.jp
  mailinator.com guerrillamail.com sute.jp 10minutemail.com yopmail.com tempmail.com trashmail.com sharklasers.com
  privaterelay.appleid.com mozmail.com simplelogin.com anonaddy.com example.invalid`.split(/\s+/),
)

/** Sites that many companies share: a page there is no domain of theirs. */
const SHARED_SITES = new Set(
  `facebook.com instagram.com x.com twitter.com linkedin.com youtube.com line.me lin.ee note.com note.mu ameblo.jp ameba.jp amebaownd.com hatenablog.com hatenablog.jp hatena.ne.jp fc2.com seesaa.net
  jimdo.com jimdofree.com jimdosite.com wix.com wixsite.com wordpress.com blogspot.com blogger.com tumblr.com medium.com github.io gitlab.io netlify.app vercel.app pages.dev web.app firebaseapp.com herokuapp.com
  google.com goo.gl bit.ly peraichi.com studio.site strikingly.com squarespace.com weebly.com shopify.com myshopify.com base.shop thebase.in stores.jp rakuten.co.jp amazon.co.jp amazon.com itp.ne.jp tabelog.com hotpepper.jp indeed.com wantedly.com green-japan.com
  notion.site notion.so cybozu.com kintone.com salesforce.com force.com hubspot.com ekiten.jp business.site localplace.jp crayonsite.com goope.jp web.fc2.com geocities.jp geocities.co.jp
  sakura.ne.jp xsrv.jp lolipop.jp heteml.jp coreserver.jp valueserver.jp azurewebsites.net cloudfront.net amazonaws.com`.split(/\s+/),
)

/** Second levels under which names are registered one by one: `co.jp`, `com.sg`, `ac.uk`. */
const SECOND_LEVELS = new Set(
  'ac ad co com ed edu go gob gouv gov gr info lg mil ne net nom or org web biz k12 sch ltd plc me id my in'.split(' '),
)
/** Names of documentation (RFC 2606): what stands below them are organisations of their own. */
const EXAMPLE = /([^.]+\.example\.(?:com|net|org|jp|co\.jp))$/
/** Registries that sell names below a domain of their own. */
const PRIVATE_SUFFIXES = new Set('jpn.com uk.com us.com eu.com de.com cn.com gb.net jp.net co.com'.split(' '))
const PREFECTURES = new Set(
  'hokkaido aomori iwate miyagi akita yamagata fukushima ibaraki tochigi gunma saitama chiba tokyo kanagawa niigata toyama ishikawa fukui yamanashi nagano gifu shizuoka aichi mie shiga kyoto osaka hyogo nara wakayama tottori shimane okayama hiroshima yamaguchi tokushima kagawa ehime kochi fukuoka saga nagasaki kumamoto oita miyazaki kagoshima okinawa'.split(
    ' ',
  ),
)

/**
 * The domain an organisation registered: `mail.sales.example.co.jp` is `example.co.jp`. Where the registry's habits are not known, the name
 * is kept as long as it is: two organisations are never taken for one.
 */
export function organisationDomain(domain: string): string {
  const labels = domain.toLowerCase().split('.')
  if (labels.length <= 2) return labels.join('.')
  const [second = '', top = ''] = labels.slice(-2)
  const example = EXAMPLE.exec(domain.toLowerCase())?.[1]
  if (example) return example
  // Names of towns and prefectures: city.shibuya.tokyo.jp
  if (top === 'jp' && PREFECTURES.has(second)) return labels.slice(-4).join('.')
  if (PRIVATE_SUFFIXES.has(`${second}.${top}`) || (top.length === 2 && SECOND_LEVELS.has(second))) return labels.slice(-3).join('.')
  return labels.slice(-2).join('.')
}

const inList = (list: ReadonlySet<string>, domain: string): boolean => {
  const labels = domain.split('.')
  return labels.some((_, i) => list.has(labels.slice(i).join('.')))
}

/** Is `co.jp`, `com`: a suffix and no name at all. */
function isSuffix(domain: string): boolean {
  const labels = domain.split('.')
  if (labels.length < 2) return true
  const [second = '', top = ''] = labels
  return labels.length === 2 && top.length === 2 && (SECOND_LEVELS.has(second) || (top === 'jp' && PREFECTURES.has(second)))
}

/** The company's domain that an address implies; null for free mail, carriers and providers, which imply nobody. */
export function corporateDomain(mail: string | null): string | null {
  const domain = mail?.slice(mail.lastIndexOf('@') + 1).toLowerCase()
  if (!domain?.includes('.') || inList(OPEN_MAIL, domain)) return null
  const own = organisationDomain(domain)
  return isSuffix(own) ? null : own
}

/** The company's domain that a web site implies; null for sites that many share. */
export function siteDomain(website: string | null): string | null {
  const host = website ? URL.parse(/^https?:\/\//i.test(website) ? website : `https://${website}`)?.hostname : undefined
  if (!host?.includes('.') || /^[\d.]+$/.test(host) || inList(SHARED_SITES, host) || inList(OPEN_MAIL, host)) return null
  const own = organisationDomain(host)
  return isSuffix(own) ? null : own
}
