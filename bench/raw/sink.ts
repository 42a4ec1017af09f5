// An SMTP server that takes everything and keeps nothing. Prints when the first mail came.
import { createServer } from 'node:net'

let first = true
createServer({ noDelay: true }, (socket) => {
  let buffer = ''
  let inData = false
  socket.on('error', () => undefined)
  socket.write('220 sink\r\n')
  socket.on('data', (chunk) => {
    buffer += chunk.toString('latin1')
    for (;;) {
      const end = buffer.indexOf(inData ? '\r\n.\r\n' : '\r\n')
      if (end < 0) {
        if (inData && buffer.length > 8) buffer = buffer.slice(-8)
        return
      }
      const line = buffer.slice(0, end)
      buffer = buffer.slice(end + (inData ? 5 : 2))
      if (inData) {
        inData = false
        if (first) process.stdout.write(`first ${Date.now()}\n`)
        first = false
        socket.write('250 taken\r\n')
        continue
      }
      const verb = line.slice(0, 4).toUpperCase()
      inData = verb === 'DATA'
      if (verb === 'QUIT') return void socket.end('221 bye\r\n')
      socket.write(verb === 'EHLO' ? '250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n' : inData ? '354 go\r\n' : '250 ok\r\n')
    }
  })
}).listen(Number(process.env.PORT), '127.0.0.1', () => process.stdout.write('ready\n'))
