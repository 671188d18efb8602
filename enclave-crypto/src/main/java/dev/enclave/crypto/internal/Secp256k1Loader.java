package dev.enclave.crypto.internal;

import fr.acinq.secp256k1.Secp256k1;

/** Finds libsecp256k1 by secp256k1-kmp, which unpacks its native library into java.io.tmpdir. */
final class Secp256k1Loader {

  private static final String ITSELF = "fr/acinq/secp256k1/Secp256k1";

  Loading load() {
    try {
      return new Loading.Ready(new Secp256k1Engine(Secp256k1.get()));
    } catch (NoClassDefFoundError missing) {
      return ITSELF.equals(missing.getMessage())
          ? new Loading.Absent()
          : new Loading.Refused(Accelerator.reason(missing));
    }
  }
}
