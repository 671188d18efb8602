package dev.enclave.benchmarks.rival;

import dev.enclave.benchmarks.setting.Scheme;

/** Who signs and verifies beside Enclave. */
public enum Contender {
  ENCLAVE("Enclave"),
  /** The library that serves the scheme in Enclave, used directly: Corretto, libsecp256k1. */
  RAW("raw engine"),
  BOUNCY_CASTLE("Bouncy Castle"),
  /** SunEC and SunRsaSign of the JDK that runs the benchmarks. */
  JDK("JDK"),
  /** The same on a JDK 17, where the benchmarks run on a newer one. */
  JDK_17("JDK 17"),
  CONSCRYPT("Conscrypt"),
  TINK("Tink");

  private final String title;

  Contender(String title) {
    this.title = title;
  }

  public String title() {
    return title;
  }

  public boolean has(Scheme scheme) {
    return switch (this) {
      case ENCLAVE, RAW, BOUNCY_CASTLE -> true;
      case JDK, JDK_17 -> scheme != Scheme.SECP256K1;
      case CONSCRYPT -> scheme == Scheme.P256;
      case TINK -> scheme == Scheme.P256 || scheme == Scheme.ED25519;
    };
  }
}
