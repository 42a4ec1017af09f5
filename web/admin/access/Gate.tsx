import './gate.css'
import { type ReactNode, useEffect } from 'react'
import { useLanguage, useWords } from '../words/words.tsx'

/** The frame of every page that needs no sign-in: mark, one card, and the language. */
export function Gate({ title, text, wide, children }: { title: string; text?: ReactNode; wide?: boolean; children: ReactNode }) {
  const t = useWords('shell')
  const { language, setLanguage } = useLanguage()
  useEffect(() => {
    document.title = `${title} | ${t('product')}`
  }, [title, t])
  return (
    <main className="gate">
      <div className={wide ? 'gate-card wide' : 'gate-card'}>
        <div className="gate-brand">
          <span className="logo" aria-hidden>
            H
          </span>
          <b>{t('product')}</b>
          <button
            type="button"
            className="gate-lang push"
            lang={language === 'ja' ? 'en' : 'ja'}
            onClick={() => setLanguage(language === 'ja' ? 'en' : 'ja')}
          >
            {language === 'ja' ? 'English' : '日本語'}
          </button>
        </div>
        <h1>{title}</h1>
        {text && <p className="muted gate-text">{text}</p>}
        {children}
      </div>
    </main>
  )
}
