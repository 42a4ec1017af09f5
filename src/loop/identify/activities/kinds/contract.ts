// What colleagues do with people, in both languages. Without schemas, so that screens load little.
import type { Choice } from '../../vocabulary.ts'

const list = (words: string): readonly Choice[] =>
  words.split(',').map((line) => {
    const [value = '', ja = '', en = ''] = line.split('/')
    return { value, ja, en }
  })

export const ACTIVITY_KINDS = ['call', 'visit', 'note', 'meeting', 'seminar', 'exhibition', 'letter', 'other'] as const
export type ActivityKind = (typeof ACTIVITY_KINDS)[number]

export const activityKinds = list(
  'call/電話/Call,visit/訪問/Visit,note/メモ/Note,meeting/打ち合わせ/Meeting,seminar/セミナー/Seminar,exhibition/展示会/Exhibition,letter/手紙・郵送/Letter,other/その他/Other',
)

/** What came of it, for the kinds where that is asked. */
export const activityResults: Readonly<Partial<Record<ActivityKind, readonly Choice[]>>> = {
  call: list(
    'connected/会話できた/Talked,appointment/アポイント獲得/Appointment made,callback/折り返し待ち/Will call back,message/伝言を残した/Left a message,absent/不在/No answer,refused/断られた/Refused,wrong/番号違い/Wrong number',
  ),
  seminar: list('attended/参加/Attended,absent/欠席/Did not come'),
  exhibition: list('card/名刺交換/Exchanged cards,talked/説明・会話/Talked'),
}

/** Where a lead comes from who was registered during a call. */
export const CALL_SOURCE = '電話'

/**
 * The journal's names of activities. Each event has `activity` (its id), `by`, and `result`, `direction`, `minutes`, `title` where they are
 * known; what a colleague wrote stays in the activity. Corrections follow as `activity.changed`, `activity.removed`, `activity.restored`.
 */
export const ACTIVITY_EVENTS: readonly string[] = ACTIVITY_KINDS.map((kind) => `activity.${kind}`)
