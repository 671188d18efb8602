package dev.enclave.consumers;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.deferred.DeferredOperations;
import java.util.Map;

/**
 * A user's program, on the class path that Maven gave it: it opens what its variables name, signs,
 * verifies and says so. With a directory as argument a second signature goes through the queue
 * there.
 */
final class Consumer {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private Consumer() {}

  public static void main(String[] arguments) {
    try (Enclave enclave = EnclaveFactory.detect()) {
      SigningKey key = key(enclave);
      check(key, key.sign(MESSAGE));
      if (arguments.length > 0) {
        enclave.ensureKey(KeySpec.named("jobs-kek").algorithm(WrappingAlgorithm.AES_256_GCM));
      }
      System.out.println("signed by " + enclave.resolution().chosen().value());
    }
    if (arguments.length > 0) {
      defer(arguments[0]);
    }
  }

  private static void defer(String directory) {
    Map<String, String> queue =
        Map.of("enclave.jobs.kek", "jobs-kek", "enclave.jobs.directory", directory);
    try (Enclave enclave =
        EnclaveFactory.builder().config(new ConfigSource("consumer", queue)).open()) {
      SigningKey key = key(enclave);
      DeferredOperations deferred = enclave.deferred().orElseThrow();
      String id = deferred.submit(key, MESSAGE, SignOptions.by("user").once("order-1")).id();
      check(key, deferred.ended(id).toCompletableFuture().join().signature().orElseThrow());
      System.out.println("signed by the queue");
    }
  }

  private static SigningKey key(Enclave enclave) {
    return enclave.ensureKey(
        KeySpec.named("documents").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
  }

  private static void check(SigningKey key, SignatureValue signature) {
    if (!key.verify(MESSAGE, signature)) {
      throw new IllegalStateException("a signature does not verify");
    }
  }
}
