package dev.enclave.crypto;

import dev.enclave.KeyAlgorithm;
import dev.enclave.crypto.internal.choice.Engines;
import dev.enclave.diagnosis.Diagnosis;
import java.util.List;

/** Says which library does the mathematics. */
public final class CryptoEngines {

  private CryptoEngines() {}

  /**
   * The library and version behind every {@link KeyAlgorithm}, in the order of its constants, and
   * where Bouncy Castle stands in for a faster one, why. Loads every engine that is there, which
   * takes some tenths of a second once.
   */
  public static List<Diagnosis.EngineInfo> inventory() {
    return Engines.present().inventory();
  }
}
