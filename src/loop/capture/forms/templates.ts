// Forms to start from: what Japanese B2B sites ask for.
import type { FormField, FormSpec } from './contract.ts'

const field = (id: string, key: string, kind: FormField['kind'], ja: string, en: string, more: Partial<FormField> = {}): FormField => ({
  id,
  key,
  kind,
  label: { ja, en },
  required: false,
  half: false,
  options: [],
  ...more,
})

const who: readonly FormField[] = [
  field('company', 'companyName', 'text', '会社名', 'Company', { required: true }),
  field('family', 'familyName', 'text', '姓', 'Family name', { required: true, half: true }),
  field('given', 'givenName', 'text', '名', 'Given name', { required: true, half: true }),
  field('mail', 'mail', 'email', 'メールアドレス', 'Mail', { required: true }),
]
const phone = field('phone', 'phone', 'tel', '電話番号', 'Phone')
const message = field('message', 'answer.message', 'textarea', 'お問い合わせ内容', 'Message', { required: true })
const consentText = {
  ja: '製品・サービスに関するご案内メールを受け取ることに同意します。',
  en: 'I agree to receive mail about products and services.',
}

const blank = (title: { ja: string; en: string }): FormSpec => ({
  title,
  intro: { ja: '', en: '' },
  language: 'ja',
  fields: [],
  submit: { ja: '送信する', en: 'Send' },
  source: '',
  interest: [],
  priority: null,
  consent: { mode: 'none', text: { ja: '', en: '' } },
  after: {
    kind: 'message',
    text: { ja: '送信ありがとうございました。担当者よりご連絡いたします。', en: 'Thank you. We will get back to you.' },
  },
})

/** The first draft of a form. */
export const templates: Readonly<Record<'inquiry' | 'document' | 'newsletter' | 'blank', () => FormSpec>> = {
  inquiry: () => ({
    ...blank({ ja: 'お問い合わせ', en: 'Contact us' }),
    fields: [...who, phone, message],
    source: 'お問い合わせ',
    interest: ['お問い合わせ'],
    priority: 'high',
    consent: { mode: 'optional', text: consentText },
  }),
  document: () => ({
    ...blank({ ja: '資料請求', en: 'Request documents' }),
    fields: [
      ...who,
      field('department', 'department', 'text', '部署', 'Department', { half: true }),
      field('title', 'title', 'text', '役職', 'Job title', { half: true }),
      phone,
    ],
    source: '資料請求',
    interest: ['資料'],
    priority: 'middle',
    consent: { mode: 'optional', text: consentText },
    after: {
      kind: 'message',
      text: { ja: 'ご請求ありがとうございます。資料をメールでお送りします。', en: 'Thank you. We will send the documents by mail.' },
    },
  }),
  newsletter: () => ({
    ...blank({ ja: 'メールマガジン登録', en: 'Newsletter' }),
    fields: who.filter((one) => one.key === 'mail' || one.key === 'companyName'),
    source: 'メールマガジン',
    interest: ['メールマガジン'],
    submit: { ja: '登録する', en: 'Subscribe' },
    consent: { mode: 'required', text: consentText },
    after: { kind: 'message', text: { ja: 'ご登録ありがとうございます。', en: 'Thank you for subscribing.' } },
  }),
  blank: () => ({
    ...blank({ ja: '新しいフォーム', en: 'New form' }),
    fields: [field('mail', 'mail', 'email', 'メールアドレス', 'Mail', { required: true })],
  }),
}
