package dev.enclave.crypto.internal.secp256k1;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningInput;
import dev.enclave.crypto.internal.engine.Signatory;
import dev.enclave.crypto.internal.hash.Digests;
import dev.enclave.crypto.internal.memory.OffHeapSecret;
import dev.enclave.crypto.internal.signature.SignatureLayout;
import fr.acinq.secp256k1.Secp256k1;

/** Signs by libsecp256k1, whose arithmetic with secrets takes constant time. */
final class Secp256k1Signer implements Signatory {

  private final Secp256k1 library;
  private final KeyAlgorithm algorithm;
  private final OffHeapSecret key;

  /**
   * @param key 32 octets, taken over
   */
  Secp256k1Signer(Secp256k1 library, KeyAlgorithm algorithm, OffHeapSecret key) {
    this.library = library;
    this.algorithm = algorithm;
    this.key = key;
  }

  @Override
  public Bytes sign(SigningInput input) {
    byte[] digest = Digests.of(input, algorithm);
    byte[] compact = key.use(opened -> library.sign(digest, opened));
    return SignatureLayout.canonical(Bytes.of(compact), algorithm, SignatureEncoding.P1363);
  }

  @Override
  public void destroy() {
    key.close();
  }
}
