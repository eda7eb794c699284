/**
 * What runs in a pod of the proxy's scenario. `/` tells who answers and who asked; `/call?url=` makes a call from here;
 * `/udp?address=&port=&source=` sends a datagram. UDP port 8080 answers with the name.
 */
import { createSocket } from 'node:dgram'
import { createServer, get } from 'node:http'

const name = process.argv[2]

createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://pod')
  const answer = (value) => response.end(value)
  if (pathname === '/call') return call(searchParams.get('url')).then(answer)
  if (pathname === '/udp')
    return datagram(searchParams.get('address'), Number(searchParams.get('port')), Number(searchParams.get('source'))).then(answer)
  answer(`${name} ${request.socket.remoteAddress.replace('::ffff:', '')}`)
}).listen(8080)

const answering = createSocket('udp4')
answering.on('message', (_, from) => answering.send(name, from.port, from.address))
answering.bind(8080)

function call(url) {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 1500 }, (response) => {
      let text = ''
      response.on('data', (chunk) => (text += chunk)).on('end', () => resolve(text))
    })
    request.on('timeout', () => request.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })))
    request.on('error', (error) => resolve(error.code))
  })
}

function datagram(address, port, source) {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    const end = (text) => {
      clearTimeout(timer)
      socket.close()
      resolve(text)
    }
    const timer = setTimeout(() => end('ETIMEDOUT'), 1000)
    socket.on('message', (text) => end(String(text))).on('error', (error) => end(error.code))
    socket.bind(source, () => socket.connect(port, address, () => socket.send('who')))
  })
}
