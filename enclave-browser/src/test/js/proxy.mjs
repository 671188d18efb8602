// Passes TCP on to a server, and cuts connections where the path of a request says so: ?cut=SIDE-OCTETS-TIMES-ID, with the side
// "request" or "answer": the first TIMES arrivals of ID go or come back up to so many octets, and not further.
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';

export class CuttingProxy {
  /** By id: how often its request came. */
  arrivals = new Map();
  /** By id: octets of the last whole request, and of its answer. */
  lengths = new Map();
  #server;
  #sockets = new Set();
  /** The port of the server behind, when there is one. */
  upstream = new Promise(() => {});

  static async start() {
    const own = new CuttingProxy();
    own.#server = createServer((client) => own.#connected(client));
    await new Promise((resolve) => own.#server.listen(0, '127.0.0.1', resolve));
    own.origin = `http://127.0.0.1:${own.#server.address().port}`;
    return own;
  }

  async #connected(client) {
    this.#keep(client);
    client.pause();
    const server = await this.#reached(client);
    if (!server) return;
    const end = () => [client, server].forEach((socket) => socket.destroy());
    let now = {};
    client.on('data', (data) => {
      const [, side, octets, times, id] = /^[A-Z]+ \S*[?&]cut=(request|answer)-(\d+)-(\d+)-(\w+)/.exec(data.subarray(0, 300).toString('latin1')) ?? [];
      if (id) this.arrivals.set(id, (this.arrivals.get(id) ?? 0) + 1);
      if (/^(GET|POST) /.test(data.subarray(0, 5).toString('latin1'))) now = { request: 0, answer: 0, side: id && this.arrivals.get(id) <= times ? side : '', octets: Number(octets), id };
      const rest = now.octets - now.request;
      now.request += data.length;
      if (now.side !== 'request' || rest > data.length) return void server.write(data);
      // What was sent is on its way all the same.
      server.end(data.subarray(0, rest));
      client.destroy();
    });
    server.on('data', (data) => {
      if (now.side === 'request' && client.destroyed) return;
      const rest = now.octets - now.answer;
      now.answer += data.length;
      if (now.id) this.lengths.set(now.id, { request: now.request, answer: now.answer });
      if (now.side !== 'answer' || rest > data.length) return void client.write(data);
      client.write(data.subarray(0, rest), () => end());
    });
    client.on('close', () => server.end());
    server.on('close', () => client.destroy());
    client.resume();
  }

  /** A connection to the server that is there: one that has ended may still be the one behind, until its end is told. */
  async #reached(client) {
    while (!client.destroyed) {
      const server = this.#keep(createConnection(await this.upstream, '127.0.0.1'));
      const connected = await once(server, 'connect').then(() => true, () => false);
      if (connected) return server;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return undefined;
  }

  #keep(socket) {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  }

  close() {
    this.#server.close();
    this.#sockets.forEach((socket) => socket.destroy());
  }
}
