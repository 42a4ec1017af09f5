import { outside, type Served, serve } from '#kernel/serve.ts'
import { mailContract } from './contract.ts'
import {
  addTopic,
  checkDkim,
  dropKey,
  makeKey,
  notices,
  removeTopic,
  resendUnknown,
  rotateKey,
  saveSettings,
  settings,
  settleUnknown,
  testSend,
  topics,
  tryRoute,
  unknown,
} from './service.ts'

export const mailRoutes: Served = serve(mailContract, {
  settings,
  saveSettings,
  notices,
  tryRoute: outside(tryRoute),
  makeDkim: makeKey,
  dropDkim: dropKey,
  rotateDkim: rotateKey,
  checkDkim: outside(checkDkim),
  testSend: outside(testSend),
  unknown,
  resendUnknown,
  settleUnknown,
  topics,
  addTopic,
  removeTopic,
})
