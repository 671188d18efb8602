package dev.enclave.crypto.internal.engine;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningInput;
import dev.enclave.spi.SecretBytes;
import java.util.Optional;

/**
 * A private or secret key and its mathematics. The caller sees to it that only the operations of
 * the algorithm's purpose are called, and none during or after {@link #destroy()}.
 */
public sealed interface KeyMaterial {

  KeyAlgorithm algorithm();

  Optional<PublicKeyInfo> publicKey();

  SecretBytes encode();

  Bytes sign(SigningInput input);

  Bytes wrap(SecretBytes dataKey);

  SecretBytes unwrap(Bytes wrapped);

  void destroy();

  /** Material that signs. */
  non-sealed interface Signing extends KeyMaterial {

    @Override
    default Bytes wrap(SecretBytes dataKey) {
      throw new IllegalStateException(algorithm() + " wraps no keys");
    }

    @Override
    default SecretBytes unwrap(Bytes wrapped) {
      throw new IllegalStateException(algorithm() + " wraps no keys");
    }
  }

  /** Material that wraps. */
  non-sealed interface Wrapping extends KeyMaterial {

    @Override
    default Bytes sign(SigningInput input) {
      throw new IllegalStateException(algorithm() + " makes no signatures");
    }
  }
}
