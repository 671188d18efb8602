import { type Octets, random } from './encoding.js';
import { type PasskeySecret, WalletError } from './types.js';

const TYPE = 'public-key';

/**
 * What one of these passkeys, or a new one if there are none, answers to a salt: 32 octets that only the passkey knows, after it verified
 * the user (WebAuthn Level 3, the extension PRF).
 */
export const passkeySecret = async (known: Octets[], salt: Octets): Promise<PasskeySecret> => {
  const extensions = { prf: { eval: { first: salt } } };
  const about = { challenge: random(32), extensions };
  let answer: AuthenticationExtensionsPRFOutputs | undefined;
  let credential: Octets;
  try {
    const found = (await (known.length
      ? navigator.credentials.get({
          publicKey: { ...about, userVerification: 'required', allowCredentials: known.map((id) => ({ type: TYPE, id })) },
        })
      : navigator.credentials.create({
          publicKey: {
            ...about,
            rp: { name: location.host },
            user: { id: random(16), name: 'wallet', displayName: 'Wallet' },
            pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: TYPE, alg })),
            authenticatorSelection: { userVerification: 'required', residentKey: 'discouraged' },
          },
        }))) as PublicKeyCredential;
    credential = new Uint8Array(found.rawId);
    answer = found.getClientExtensionResults().prf;
  } catch (e) {
    if (e instanceof DOMException && !['SecurityError', 'NotSupportedError', 'ConstraintError'].includes(e.name)) {
      throw new WalletError('cancelled', 'The passkey was not confirmed, or this device does not have it. Try again. If the passkey is gone, delete the key and restore it from its file.');
    }
  }
  if (answer?.results) return { credential: credential!, salt, secret: new Uint8Array(answer.results.first as ArrayBuffer) };
  // Some authenticators answer only after the passkey was made.
  if (answer?.enabled) return passkeySecret([credential!], salt);
  throw new WalletError('unsupported', 'This browser, this address or the passkey’s device does not make keys for locks (WebAuthn PRF). Choose a password.');
};
