package dev.enclave.gcp.internal;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.gcp.GcpKmsBackendProvider;
import dev.enclave.testkit.RecordingAuditSink;
import java.util.Map;
import java.util.TreeMap;

/** A process of its own, with variables of its own: makes a key, signs, verifies. */
final class ChildSigning {

  private ChildSigning() {}

  /** Settings as arguments, {@code name=value}. */
  public static void main(String[] arguments) {
    Map<String, String> settings = new TreeMap<>();
    for (String argument : arguments) {
      String[] setting = argument.split("=", 2);
      settings.put(setting[0], setting[1]);
    }
    try (Enclave enclave =
        EnclaveFactory.builder()
            .discovery(false)
            .with(new GcpKmsBackendProvider())
            .with(new RecordingAuditSink())
            .config(new ConfigSource("test", settings))
            .open()) {
      SigningKey key =
          enclave.createKey(KeySpec.named("wallet").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      Message message = Message.ofUtf8("pay 10 to Alice");
      SignatureValue signature = key.sign(message);
      System.out.println("VERIFIED " + key.verify(message, signature));
    } catch (EnclaveException e) {
      System.out.println("FAILED " + e.code() + " " + e.getMessage());
    }
  }
}
