import { Button, Modal } from '@mantine/core'
import { useWords } from '../words/words.tsx'
import { SecretBox } from './SecretBox.tsx'

export interface MadeLink {
  readonly kind: 'invite' | 'reset'
  readonly name: string
  readonly link: string
  readonly mailed: boolean
}

/** A one-time link, shown this once. */
export function LinkModal({ link, onClose }: { link: MadeLink | null; onClose: () => void }) {
  const t = useWords('access')
  return (
    <Modal
      opened={link !== null}
      onClose={onClose}
      title={<b>{t('linkTitle')}</b>}
      size="lg"
      closeButtonProps={{ 'aria-label': t('close') }}
      closeOnClickOutside={false}
    >
      {link && (
        <div className="stack">
          <div>
            {t(link.kind === 'invite' ? 'linkInvite' : 'linkReset', { name: link.name })}
            {link.mailed && ` ${t('linkMailed')}`}
          </div>
          <SecretBox text={link.link} label={t('linkTitle')} />
          <div className="settings-foot">
            <span className="muted push">{t('linkOnce')}</span>
            <Button onClick={onClose}>{t('close')}</Button>
          </div>
        </div>
      )}
    </Modal>
  )
}
