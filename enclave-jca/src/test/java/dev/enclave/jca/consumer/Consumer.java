package dev.enclave.jca.consumer;

import dev.enclave.SigningAlgorithm;
import java.util.Map;

/**
 * A library that takes a private key.
 *
 * @param name as people know it, with the version
 * @param refusals what comes of the algorithms that it cannot use
 * @param use signs with the key by the library, and has the library verify it
 */
record Consumer(String name, Map<SigningAlgorithm, Refusal> refusals, Use use) {

  static Consumer ofAll(String name, Use use) {
    return new Consumer(name, Map.of(), use);
  }

  /** {@code name} with the version of the jar that has {@code part}. */
  static String named(String name, Class<?> part) {
    String jar = part.getProtectionDomain().getCodeSource().getLocation().getPath();
    return name + " " + jar.replaceFirst(".*?-(\\d[^/]*)\\.jar$", "$1").replace(".Final", "");
  }

  /**
   * An algorithm that a library cannot use.
   *
   * @param reason for people
   * @param message a part of what the library throws
   */
  record Refusal(String reason, String message) {}

  /** One use; throws when it fails. */
  @FunctionalInterface
  interface Use {
    void of(Certified key) throws Exception;
  }
}
