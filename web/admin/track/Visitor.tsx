import { Monitor, Smartphone, Tablet, UserRound } from 'lucide-react'
import { Avatar } from '../parts/Avatar.tsx'
import { useWords } from '../words/words.tsx'

interface Who {
  readonly personId: string
  readonly name: string | null
  readonly company: string | null
  readonly isLead: boolean
  readonly deviceClass: string
}

/** A lead by name, an anonymous visitor by the end of their id: enough to tell two apart while looking. */
export function VisitorName({ visitor }: { visitor: Who }) {
  const t = useWords('track')
  const Device = visitor.deviceClass === 'mobile' ? Smartphone : visitor.deviceClass === 'tablet' ? Tablet : Monitor
  const device = t(`device.${visitor.deviceClass === 'mobile' || visitor.deviceClass === 'tablet' ? visitor.deviceClass : 'desktop'}`)
  return (
    <span className="track-who">
      {visitor.isLead && visitor.name ? (
        <Avatar name={visitor.name} />
      ) : (
        <span className="track-anon" aria-hidden>
          <UserRound size={14} />
        </span>
      )}
      <span className="clip">
        {visitor.isLead && visitor.name ? <b>{visitor.name}</b> : t('anonymous')}
        <span className="muted"> {visitor.isLead ? visitor.company : visitor.personId.slice(-4)}</span>
      </span>
      <Device size={14} className="track-device" aria-label={device} role="img" />
    </span>
  )
}

/** The channel of a visit, with the keyword where one is known. */
export function Source({ visit }: { visit: { readonly channel: string; readonly keyword: string | null } }) {
  const channel = useChannel()
  const t = useWords('track')
  return (
    <span className="clip">
      {channel(visit.channel)}
      {visit.keyword && <span className="muted"> {t('keyword', { word: visit.keyword })}</span>}
    </span>
  )
}

const CHANNELS = ['paid-search', 'display', 'paid-social', 'mail', 'search', 'social', 'referral', 'campaign', 'direct'] as const

/** The word for a channel. */
export function useChannel(): (channel: string) => string {
  const t = useWords('track')
  return (channel) => {
    const known = CHANNELS.find((each) => each === channel)
    return known ? t(`channel.${known}`) : channel
  }
}
