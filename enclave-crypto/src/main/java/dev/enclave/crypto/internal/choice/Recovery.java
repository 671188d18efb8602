package dev.enclave.crypto.internal.choice;

import dev.enclave.Bytes;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningInput;
import dev.enclave.crypto.internal.encoding.Curve;
import dev.enclave.crypto.internal.hash.Digests;
import dev.enclave.crypto.internal.signature.EcdsaValue;
import java.util.Optional;
import java.util.OptionalInt;

/** Recovery ids of secp256k1 signatures. */
public final class Recovery {

  private Recovery() {}

  /** The id, by the engine of the key's algorithm. */
  public static OptionalInt recoveryId(
      PublicKeyInfo key, SigningInput input, Bytes signature, SignatureEncoding encoding) {
    if (key.algorithm().curve().filter("secp256k1"::equals).isEmpty()) {
      return OptionalInt.empty();
    }
    Optional<EcdsaValue> value =
        EcdsaValue.read(Curve.SECP256K1, signature, encoding).filter(EcdsaValue::acceptable);
    return value.isEmpty()
        ? OptionalInt.empty()
        : Engines.present()
            .of(key.algorithm())
            .recoveryId(key, Digests.of(input, key.algorithm()), value.get());
  }
}
