import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

/**
 * What a list or card shows before there is anything: icon, one sentence on the outcome, one primary action.
 * `<EmptyState icon={FormInput} title="まだフォームがありません" action={<Button>フォームを作成</Button>}>…</EmptyState>`
 */
export function EmptyState({
  icon: Icon,
  title,
  children,
  action,
  small,
}: {
  icon: LucideIcon
  title: string
  children?: ReactNode
  action?: ReactNode
  small?: boolean
}) {
  return (
    <div className={small ? 'empty small' : 'empty'}>
      <span className="tile" aria-hidden>
        <Icon size={small ? 20 : 28} />
      </span>
      <b>{title}</b>
      {children && <p className="muted">{children}</p>}
      {action && <div className="row wrap">{action}</div>}
    </div>
  )
}
