package dev.enclave.crypto.internal;

import fr.acinq.secp256k1.Secp256k1;

/** Finds libsecp256k1 by secp256k1-kmp, which unpacks its native library into java.io.tmpdir. */
final class Secp256k1Loader {

  Loading load() {
    try {
      return new Loading.Ready(new Secp256k1Engine(Secp256k1.get()));
    } catch (NoClassDefFoundError missing) {
      return new Loading.Refused("it is not on the class path");
    }
  }
}
