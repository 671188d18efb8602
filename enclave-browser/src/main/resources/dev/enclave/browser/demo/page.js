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

const challenge = async (action) => (await fetch(`/challenge?action=${action}`, { method: 'POST' })).json();
const send = async (action, request) => {
  const answer = await (await fetch(`/requests/${action}`, { method: 'POST', body: request })).json();
  if (!answer.accepted) throw new Error(answer.message);
  return answer;
};
/** Which keys the server has active, for the wallet. */
const ask = async () => (await fetch('/keys')).json();
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

// A password is asked for where one is used.
const choose = () => {
  const form = new FormData(at('create'));
  at('lock-password').hidden = form.get('locked') !== 'yes';
  at('backup-password').hidden = form.get('saved') !== 'yes';
};
at('create').addEventListener('change', choose);
at('passkey').hidden = !(await Wallet.passkeys());

const wallet = await Wallet.open({ worker: '/enclave/worker.js' });
if (wallet.lost) say('This browser had a wallet, and its keys are gone: the browser or somebody cleared them. Restore a key from its file.');

const stateOf = (key, open) => {
  if (key.state === 'pending') return 'made to replace another key, and the server did not answer yet';
  if (open) return 'unlocked until idle for 5 minutes';
  return { password: 'locked', passkey: 'locked under a passkey', none: 'no lock: not encrypted on this device' }[key.lock];
};

/** The new key is locked as the old one was. */
const rotation = (key) => {
  const form = element('form', '', { autocomplete: 'off' });
  const field = (name, text) => {
    const input = element('input', '', { type: 'password', id: `${name}-${key.handle}`, autocomplete: 'new-password' });
    form.append(element('label', text, { for: input.id }), input);
    return input;
  };
  const lock = key.lock === 'password' && field('next-lock', 'Password of the new key’s lock');
  const backup = field('next-backup', 'Password of the new key’s file; empty makes no file');
  form.append(element('button', 'Rotate', { type: 'submit', 'aria-label': `Rotate: ${key.name}` }));
  form.addEventListener(
    'submit',
    action(async () => {
      let message = '';
      const choice = {
        name: key.name,
        lock: key.lock === 'passkey' ? { passkey: true } : lock ? lock.value : null,
        backup: backup.value || null,
        acceptLoss: !backup.value,
      };
      try {
        const post = async (request) => ({ message } = await (await fetch('/requests/rotate', { method: 'POST', body: request })).json());
        const rotated = await wallet.rotate(key.handle, await challenge('rotate'), choice, post, ask);
        message = 'The server accepts the new key in place of the old one.';
        if (rotated.backup) save(key.name, rotated.backup);
      } catch (e) {
        message = `${message} ${e.message}`.trim();
      }
      await show();
      say(message);
    }),
  );
  const part = element('details', '');
  part.append(element('summary', 'Rotate: replace this key by a new one'), form);
  return part;
};

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
    element('p', `${key.algorithm === 'ED25519' ? 'Ed25519' : 'P-256'} · ${stateOf(key, open)}`),
    element('p', key.handle),
  );
  if (key.state === 'pending') {
    button('Ask the server', async () => {
      const settled = await wallet.settle(key.handle, ask);
      if (settled.backup) save(key.name, settled.backup);
      await show();
      say(settled.key.handle === key.handle ? `The server has the new key ${key.name}, and the old one is gone.` : `The server never got the new key, and ${key.name} is as it was.`);
    });
    item.append(row);
    return item;
  }
  const password = element('input', '', { type: 'password', id: `password-${key.handle}`, autocomplete: 'off' });
  const text = element('textarea', 'Pay 3 € to Ann', { id: `text-${key.handle}` });
  if (!open) {
    if (key.lock === 'password') item.append(element('label', 'Password of the lock', { for: password.id }), password);
    button('Unlock', async () => {
      await wallet.unlock(key.handle, key.lock === 'password' ? password.value : null);
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
  if (open) item.append(rotation(key));
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
        lock: { yes: form.get('lock'), passkey: { passkey: true }, no: null }[form.get('locked')],
        backup: yes('saved') ? form.get('backup') : null,
        keepBackupHere: form.has('keep'),
        acceptLoss: !yes('saved'),
      },
      await challenge('register'),
    );
    if (backup) save(key.name, backup);
    at('create').reset();
    tell.forEach((update) => update());
    choose();
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
