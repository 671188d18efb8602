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
  const files = { '/': ['text/html', PAGE], '/page.js': ['text/javascript', SCRIPT], '/tampered': ['text/html', TAMPERED], '/tamper.js': ['text/javascript', TAMPER], '/old.js': ['text/javascript', OLD], '/frame': ['text/html', '<!doctype html><script src="/frame.js"></script>'], '/frame.js': ['text/javascript', FRAME], '/index.js': ['text/javascript', built('index.js')], '/worker.js': ['text/javascript', built('worker.js')] };
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
      const [type, text] = step ? ['text/javascript', STOPPED(step)] : files[request.url] ?? [];
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
