// Serves the built wallet on loopback with the policy that docs/browser.md asks for, and keeps every request.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

export const POLICY =
  "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; frame-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types enclave-wallet";

const built = (name) => readFileSync(fileURLToPath(new URL(`../../../target/ts/${name}`, import.meta.url)));
const PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Wallet</title><script type="module" src="/page.js"></script><main><h1>Wallet</h1></main></html>';
// Tests reach the package by this name; an application would keep it to itself.
const SCRIPT = "import * as enclave from '/index.js'; globalThis.enclave = enclave; document.documentElement.dataset.ready = 'yes';";

// What a hostile script that runs before the wallet would do: keep every key and call that it sees.
const TAMPERED = PAGE.replace('<script type="module"', '<script src="/tamper.js"></script><script type="module"');
const TAMPER = `
globalThis.seen = [];
for (const name of Object.getOwnPropertyNames(SubtleCrypto.prototype)) {
  const own = SubtleCrypto.prototype[name];
  if (typeof own === 'function' && name !== 'constructor') SubtleCrypto.prototype[name] = function (...args) { seen.push(name); return own.apply(this, args); };
}
const generate = SubtleCrypto.prototype.generateKey;
SubtleCrypto.prototype.generateKey = function (algorithm, extractable, usages) { return generate.call(this, algorithm, true, usages); };
Object.defineProperty(CryptoKey.prototype, 'extractable', { get: () => false });
globalThis.messages = [];
addEventListener('message', (event) => messages.push(event.data));
const add = Worker.prototype.addEventListener;
Object.defineProperty(Worker.prototype, 'onmessage', { set(listener) { add.call(this, 'message', (event) => { messages.push(event.data); listener.call(this, event); }); } });
`;

// Loads the wallet's worker, and hands on what came before that was done.
const EARLY = `
const listeners = [];
const early = (event) => listeners.push(event);
addEventListener('message', early);
import('/worker.js').then(() => {
  removeEventListener('message', early);
  listeners.forEach(({ data }) => dispatchEvent(new MessageEvent('message', { data })));
});
`;

// A worker in a browser that does not have Ed25519 yet.
const OLD = `
for (const name of ['generateKey', 'importKey']) {
  const own = SubtleCrypto.prototype[name];
  SubtleCrypto.prototype[name] = function (...args) {
    return args.some((arg) => arg?.name === 'Ed25519') ? Promise.reject(new DOMException('no Ed25519', 'NotSupportedError')) : own.apply(this, args);
  };
}
${EARLY}`;

// A worker that stops for ever, or until the test goes on, at one step of making a key.
const STOPPED = (step) => `
const stop = (at) => {
  if (at !== '${step}') return;
  const request = new XMLHttpRequest();
  request.open('GET', '/stop', false);
  request.send();
};
const around = (type, name, before, after = '') => {
  const own = type.prototype[name];
  type.prototype[name] = function (...args) {
    stop(before);
    const result = own.apply(this, args);
    stop(after);
    return result;
  };
};
for (const name of ['generateKey', 'wrapKey', 'encrypt']) around(SubtleCrypto, name, name);
around(IDBObjectStore, 'add', 'add', 'added');
const transaction = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (...args) {
  stop('transaction');
  const tx = transaction.apply(this, args);
  tx.addEventListener('complete', () => stop('stored'));
  return tx;
};
${EARLY}`;

// What tells a test of the dialog: its shadow root, and a clock that stands still where the test says.
const WATCHED = PAGE.replace('<script type="module"', '<script src="/watch.js"></script><script type="module"');
const WATCH = `
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (init) { return (globalThis.root = attach.call(this, init)); };
const now = performance.now.bind(performance);
const { get } = Object.getOwnPropertyDescriptor(Event.prototype, 'timeStamp');
performance.now = () => globalThis.clock ?? now();
Object.defineProperty(Event.prototype, 'timeStamp', { get() { return globalThis.clock ?? get.call(this); } });
`;

// A frame that has a key of its own and asks to sign; it tells the window at the top what came of that.
const FRAMED = PAGE.replace('/page.js', '/framed.js');
const ASKING = `
import { Wallet } from '/index.js';
const [nonce, embedded] = location.search.slice(1).split('&');
const wallet = await Wallet.open({ worker: '/worker.js', embedded: embedded === 'embedded' });
const { key } = await wallet.create({ name: 'framed', lock: null, backup: null, acceptLoss: true });
await wallet.unlock(key.handle, null);
wallet.sign(key.handle, { action: 'sign', purpose: 'payment', nonce, exp: 4e9 }, 'Pay').catch((e) => top.postMessage(e.reason, '*'));
new MutationObserver(() => document.querySelector('enclave-confirm') && top.postMessage('asked', '*')).observe(document.body, { childList: true });
`;

// Another site's frame that holds the frame of the page's own.
const NEST = "const frame = document.createElement('iframe'); frame.src = location.hash.slice(1); document.body.append(frame);";

// Another site's frame that is given a key, and tells what it could do with it.
const FRAME = `
addEventListener('message', async ({ data, source, origin }) => {
  const exported = await crypto.subtle.exportKey('pkcs8', data).then(() => 'exported', (e) => e.name);
  const signed = await crypto.subtle.sign(data.algorithm, data, new Uint8Array(1)).then(() => 'signed', (e) => e.name);
  source.postMessage([exported, signed].join(), origin);
});
`;

export const serve = async (policy = POLICY) => {
  const requests = [];
  let stopped = () => {};
  const files = { '/': ['text/html', PAGE], '/page.js': ['text/javascript', SCRIPT], '/tampered': ['text/html', TAMPERED], '/tamper.js': ['text/javascript', TAMPER], '/watched': ['text/html', WATCHED], '/watch.js': ['text/javascript', WATCH], '/framed': ['text/html', FRAMED], '/framed.js': ['text/javascript', ASKING], '/nest': ['text/html', PAGE.replace('/page.js', '/nest.js')], '/nest.js': ['text/javascript', NEST], '/old.js': ['text/javascript', OLD], '/frame': ['text/html', '<!doctype html><script src="/frame.js"></script>'], '/frame.js': ['text/javascript', FRAME], '/index.js': ['text/javascript', built('index.js')], '/worker.js': ['text/javascript', built('worker.js')] };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (data) => (body += data));
    request.on('end', () => {
      requests.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)} ${body}`);
      if (request.url === '/stop') {
        stopped(() => response.end());
        return;
      }
      const [, step] = /^\/stopped-([a-zA-Z]+)\.js$/.exec(request.url) ?? [];
      const [type, text] = step ? ['text/javascript', STOPPED(step)] : files[request.url.split('?')[0]] ?? [];
      response.writeHead(type ? 200 : 404, { 'Content-Type': `${type ?? 'text/plain'}; charset=utf-8`, 'Content-Security-Policy': policy, 'Cross-Origin-Opener-Policy': 'same-origin', 'Cache-Control': 'no-store' });
      response.end(text ?? 'not found');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    requests,
    /** Resolves when a worker stopped, to what lets it go on. */
    stop: () => new Promise((resolve) => (stopped = resolve)),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
