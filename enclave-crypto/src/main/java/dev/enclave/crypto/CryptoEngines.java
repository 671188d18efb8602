package dev.enclave.crypto;

import dev.enclave.Diagnosis;
import dev.enclave.KeyAlgorithm;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** Says which library does the mathematics. */
public final class CryptoEngines {

  private CryptoEngines() {}

  /** The library and version behind every {@link KeyAlgorithm}, in the order of its constants. */
  public static List<Diagnosis.EngineInfo> inventory() {
    String engine = "Bouncy Castle " + new BouncyCastleProvider().getVersionStr();
    return Arrays.stream(KeyAlgorithm.values())
        .map(algorithm -> new Diagnosis.EngineInfo(algorithm, engine))
        .toList();
  }
}
