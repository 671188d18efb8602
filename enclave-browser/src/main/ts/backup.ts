import { type Octets, Reader, base64, concat, der, equal, fromBase64, hex, integer, octets, oid, random, sequence, utf8 } from './encoding.js';
import { type Algorithm, WalletError, isName } from './types.js';

// The format of Enclave's backups (docs/backup.md) in its form with PBKDF2: Web Crypto has no scrypt.
const ARC = '2.25.233800543705983420137579432553211023683.';
const PBES2 = oid('1.2.840.113549.1.5.13');
const PBKDF2 = oid('1.2.840.113549.1.5.12');
const SCRYPT = oid('1.3.6.1.4.1.11591.4.11');
const HMAC_SHA256 = sequence(oid('1.2.840.113549.2.9'), Uint8Array.of(5, 0));
const AES_256_CBC = oid('2.16.840.1.101.3.4.1.42');
const IDENTIFIERS: [Algorithm, Octets][] = [
  ['ED25519', sequence(oid('1.3.101.112'))],
  ['ECDSA_P256_SHA256', sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7'))],
];
const MARK = utf8('enclave-backup-1');
const AUTHENTICATOR = 13;
const NAME = 2;
const ALGORITHM = 3;
const BLOCKS = 11;

/** OWASP's count for PBKDF2 with HMAC-SHA256. */
export const ITERATIONS = 600_000;
/** As Enclave itself takes them: some four seconds of a slow machine. The file says it before anything of it is authenticated. */
const MOST_ITERATIONS = 1_500_000;

/** A private key and what the file says beside it. */
export interface Opened {
  pkcs8: Octets;
  algorithm: Algorithm;
  /** Absent in a file that Enclave did not write. */
  name?: string;
}

export const passwordKey = async (password: string): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', utf8(password), 'PBKDF2', false, ['deriveBits', 'deriveKey']);

/** Encrypts a PKCS#8 with the attributes of a backup; the PEM text. */
export const encrypt = async (
  pkcs8: Octets,
  password: string,
  about: { name: string; algorithm: Algorithm; createdAt: string },
): Promise<string> => {
  const salt = concat(MARK, random(16));
  const keys = await derive(password, salt, ITERATIONS);
  const attributes = new Map<number, string>([
    [1, '1'],
    [NAME, about.name],
    [ALGORITHM, about.algorithm],
    [5, 'never'],
    [6, '1'],
    [7, 'ACTIVE'],
    [8, about.createdAt],
    [9, '1'],
    [10, '1'],
    [BLOCKS, '1'],
  ]);
  const [identifier, key] = parts(pkcs8);
  attributes.set(AUTHENTICATOR, await authenticator(keys.authentication, info(identifier, key, attributes)));
  const plain = info(identifier, key, attributes);
  const iv = random(16);
  const encrypted = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-CBC', iv }, keys.encryption, plain));
  plain.fill(0);
  key.fill(0);
  const kdf = sequence(PBKDF2, sequence(octets(salt), integer(ITERATIONS), HMAC_SHA256));
  const cipher = sequence(AES_256_CBC, octets(iv));
  const block = sequence(sequence(PBES2, sequence(kdf, cipher)), octets(encrypted));
  return `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${base64(block).replace(/.{1,64}/g, '$&\n')}-----END ENCRYPTED PRIVATE KEY-----\n`;
};

/** Opens what {@link encrypt} or Enclave wrote, or a key that OpenSSL encrypted so. */
export const decrypt = async (pem: string, password: string): Promise<Opened> => {
  const blocks = [...pem.matchAll(/-----BEGIN ENCRYPTED PRIVATE KEY-----([\sA-Za-z0-9+/=]+)-----END ENCRYPTED PRIVATE KEY-----/g)];
  if (blocks.length !== 1) {
    throw invalid(
      blocks.length === 0
        ? 'The file has no encrypted private key in PEM. Choose the file that was saved when the key was made.'
        : 'The file has several versions of a key, and a browser keeps one. Restore it with "enclave keys restore".',
    );
  }
  const { salt, iterations, iv, ciphertext } = parse(blocks[0]![1]!);
  const keys = await derive(password, salt, iterations);
  const plain = await crypto.subtle.decrypt({ name: 'AES-CBC', iv }, keys.encryption, ciphertext).then(
    (bytes) => new Uint8Array(bytes),
    () => undefined,
  );
  const ours = equal(salt.slice(0, MARK.length), MARK);
  try {
    if (!plain) throw new RangeError('padding');
    const [identifier, key, attributes] = parts(plain);
    const pkcs8 = sequence(integer(0), identifier, octets(key));
    // Not left to the import: by trying Ed25519 first, a key of P-256 signed wrongly in Firefox ESR.
    const algorithm = IDENTIFIERS.find(([, known]) => equal(identifier, known))?.[0];
    if (!algorithm) {
      throw new WalletError('unsupported', 'The key in the file is not one that this browser signs with: Ed25519 or P-256. Restore it with "enclave keys restore".');
    }
    if (!ours) return { pkcs8, algorithm };
    const found = attributes.get(AUTHENTICATOR) ?? '';
    attributes.delete(AUTHENTICATOR);
    const expected = await authenticator(keys.authentication, info(identifier, key, attributes));
    if (!equal(utf8(found), utf8(expected)) || attributes.get(BLOCKS) !== '1' || attributes.get(ALGORITHM) !== algorithm) {
      throw new WalletError('backup-changed', 'The file was changed after it was made, and is not used. Take another copy of it.');
    }
    const name = attributes.get(NAME);
    if (!isName(name)) throw invalid('The file gives the key a name that Enclave does not allow. Use another file.');
    return { pkcs8, algorithm, name };
  } catch (e) {
    if (e instanceof WalletError) throw e;
    throw new WalletError('wrong-password', 'The password does not open the file, or the file is damaged. Try the password of this file again.');
  } finally {
    plain?.fill(0);
  }
};

const invalid = (message: string): WalletError => new WalletError('invalid-backup', message);

const parse = (text: string) => {
  try {
    const outer = new Reader(fromBase64(text.replace(/\s/g, '')));
    const block = outer.inside(0x30);
    outer.end();
    const scheme = block.inside(0x30);
    if (!equal(scheme.whole(6), PBES2)) throw new RangeError('scheme');
    const parameters = scheme.inside(0x30);
    const kdf = parameters.inside(0x30);
    const cipher = parameters.inside(0x30);
    const id = kdf.whole(6);
    if (equal(id, SCRYPT)) {
      throw new WalletError(
        'scrypt-backup',
        'The file is encrypted with scrypt, which browsers do not have. Convert it on your computer, under the same or another password:'
          + ' openssl pkcs8 -topk8 -in FILE -v2 aes-256-cbc -v2prf hmacWithSHA256 -iter 600000 -out NEW-FILE',
      );
    }
    const derivation = kdf.inside(0x30);
    const salt = derivation.read(4);
    const iterations = derivation.number();
    if (derivation.tag === 2) derivation.number();
    const known = equal(id, PBKDF2) && equal(derivation.whole(0x30), HMAC_SHA256) && equal(cipher.whole(6), AES_256_CBC);
    const iv = cipher.read(4);
    const ciphertext = block.read(4);
    if (!known || iv.length !== 16 || iterations < 1000 || iterations > MOST_ITERATIONS) throw new RangeError('parameters');
    return { salt, iterations, iv, ciphertext };
  } catch (e) {
    if (e instanceof WalletError) throw e;
    throw invalid('The file is not encrypted in a way that the wallet reads: PBES2 with PBKDF2, HMAC-SHA256 and AES-256-CBC.');
  }
};

/** Encryption key, and by HKDF from it the key of the authenticator. */
const derive = async (password: string, salt: Octets, iterations: number) => {
  const bits = new Uint8Array(
    await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, await passwordKey(password), 256),
  );
  const encryption = await crypto.subtle.importKey('raw', bits, 'AES-CBC', false, ['encrypt', 'decrypt']);
  const authentication = await crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: utf8('enclave-backup-authenticator-v1') },
    await crypto.subtle.importKey('raw', bits, 'HKDF', false, ['deriveKey']),
    { name: 'HMAC', hash: 'SHA-256', length: 256 },
    false,
    ['sign'],
  );
  bits.fill(0);
  return { encryption, authentication };
};

const authenticator = async (key: CryptoKey, bytes: Octets): Promise<string> =>
  hex(new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes)));

/** Algorithm identifier, private key and attributes of a PKCS#8. */
const parts = (pkcs8: Octets): [Octets, Octets, Map<number, string>] => {
  const reader = new Reader(pkcs8).inside(0x30);
  reader.number();
  const identifier = reader.whole(0x30);
  const key = reader.read(4);
  const attributes = new Map<number, string>();
  if (reader.tag === 0xa0) {
    const set = reader.inside(0xa0);
    while (!set.done) {
      const attribute = set.inside(0x30);
      const id = attribute.whole(6);
      const values = attribute.inside(0x31);
      for (let number = 1; number <= AUTHENTICATOR && values.tag === 12; number++) {
        if (equal(id, oid(ARC + number))) attributes.set(number, new TextDecoder().decode(values.read(12)));
      }
    }
  }
  return [identifier, key, attributes];
};

const info = (identifier: Octets, key: Octets, attributes: Map<number, string>): Octets => {
  // X.690 §11.6: the elements of a set stand in the order of their encodings.
  const set = [...attributes]
    .map(([number, value]) => sequence(oid(ARC + number), der(0x31, der(12, utf8(value)))))
    .sort((a, b) => (hex(a) < hex(b) ? -1 : 1));
  return sequence(integer(0), identifier, octets(key), der(0xa0, ...set));
};
