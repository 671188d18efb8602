import { CONSTRAINTS, Wallet, strength } from '/enclave/index.js';

const at = (id) => document.getElementById(id);
const element = (tag, text, attributes = {}) => {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
};
const say = (text) => {
  at('status').textContent = text;
};
const action = (work) => async (event) => {
  event?.preventDefault();
  try {
    await work(event);
  } catch (e) {
    say(e.message);
  }
};

const challenge = async (action) => (await fetch(`/challenge?action=${action}`)).json();
const send = async (action, request) => {
  const answer = await (await fetch(`/requests/${action}`, { method: 'POST', body: request })).json();
  if (!answer.accepted) throw new Error(answer.message);
  return answer;
};
const save = (name, pem) => {
  const link = element('a', '', { href: URL.createObjectURL(new Blob([pem], { type: 'application/x-pem-file' })), download: `${name}.pem` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
};

for (const sentence of CONSTRAINTS) at('limits').append(element('li', sentence));
const tell = ['lock', 'backup'].map((id) => {
  const update = () => {
    const { bits, label } = strength(at(id).value);
    at(`${id}-strength`).textContent = at(id).value ? `Strength: ${label}, about ${bits} bits. A common word or a name is weaker than this says.` : '12 characters or more, chosen at random.';
  };
  at(id).addEventListener('input', update);
  return update;
});

const wallet = await Wallet.open({ worker: '/enclave/worker.js' });
if (wallet.lost) say('This browser had a wallet, and its keys are gone: the browser or somebody cleared them. Restore a key from its file.');

const card = (key) => {
  const item = element('li', '');
  const open = wallet.unlocked === key.handle;
  const row = element('div', '', { class: 'row' });
  const button = (text, work) => {
    const made = element('button', text, { type: 'button', 'aria-label': `${text}: ${key.name}` });
    made.addEventListener('click', action(work));
    row.append(made);
  };
  item.append(
    element('h3', key.name),
    element('p', `${key.algorithm === 'ED25519' ? 'Ed25519' : 'P-256'} · ${open ? 'unlocked until idle for 5 minutes' : key.locked ? 'locked' : 'no lock: not encrypted on this device'}`),
    element('p', key.handle),
  );
  const password = element('input', '', { type: 'password', id: `password-${key.handle}`, autocomplete: 'off' });
  const text = element('textarea', 'Pay 3 € to Ann', { id: `text-${key.handle}` });
  if (!open) {
    if (key.locked) item.append(element('label', 'Password of the lock', { for: password.id }), password);
    button('Unlock', async () => {
      await wallet.unlock(key.handle, key.locked ? password.value : null);
      await show();
      say(`${key.name} is unlocked.`);
    });
  } else {
    item.append(element('label', 'Text to sign', { for: text.id }), text);
    button('Sign', async () => {
      const { message } = await send('sign', await wallet.sign(key.handle, await challenge('sign'), text.value));
      say(message);
    });
    button('Register again', async () => say((await send('register', await wallet.register(key.handle, await challenge('register')))).message));
    button('Revoke', async () => say((await send('revoke', await wallet.revoke(key.handle, await challenge('revoke')))).message));
    button('Lock', async () => {
      wallet.lock();
      await show();
      say(`${key.name} is locked.`);
    });
  }
  if (key.backup) button('Save file', async () => save(key.name, key.backup));
  button('Delete', async () => {
    if (!window.confirm(wallet.warning(key))) return;
    await wallet.delete(key.handle, true);
    await show();
    say(`${key.name} is deleted.`);
  });
  item.append(row);
  return item;
};

const show = async () => {
  const keys = await wallet.list();
  at('none').hidden = keys.length > 0;
  at('keys').replaceChildren(...keys.map(card));
};

at('create').addEventListener(
  'submit',
  action(async () => {
    const form = new FormData(at('create'));
    const yes = (name) => form.get(name) === 'yes';
    say('Making the key…');
    const { key, backup, registration, persistence } = await wallet.create(
      {
        name: form.get('name'),
        lock: yes('locked') ? form.get('lock') : null,
        backup: yes('saved') ? form.get('backup') : null,
        keepBackupHere: form.has('keep'),
        acceptLoss: !yes('saved'),
      },
      await challenge('register'),
    );
    if (backup) save(key.name, backup);
    at('create').reset();
    tell.forEach((update) => update());
    await show();
    const { message } = await send('register', registration);
    say(`${message} ${persistence === 'granted' ? 'The browser keeps it until you clear this site’s data.' : 'The browser does not promise to keep it: keep the file.'}`);
  }),
);

at('restore').addEventListener(
  'submit',
  action(async () => {
    const form = new FormData(at('restore'));
    say('Restoring the key…');
    const key = await wallet.restore(await form.get('file').text(), form.get('password'), 'restored', form.get('lock'));
    at('restore').reset();
    await show();
    say(`${key.name} is restored. Unlock it to register it with the site.`);
  }),
);

await show();
document.documentElement.dataset.ready = 'yes';
