package dev.enclave.jobs;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.deferred.DeferredOperations;
import dev.enclave.processes.JavaCommand;
import dev.enclave.software.SoftwareBackendProvider;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import java.nio.file.Path;
import java.util.Map;

/** Another process: it submits signatures, and says each ticket as it gets it. */
final class Submitter {

  private Submitter() {}

  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    Enclave enclave = open(folder);
    enclave.ensureKey(KeySpec.named("jobs-kek").algorithm(WrappingAlgorithm.AES_256_GCM));
    SigningKey key =
        enclave.ensureKey(KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
    DeferredOperations deferred = enclave.deferred().orElseThrow();
    deferred.find("t-none");
    for (int i = 0; ; i++) {
      String id = deferred.submit(key, message(i), SignOptions.defaults()).id();
      System.out.println(id);
    }
  }

  static Message message(int number) {
    return Message.ofUtf8("pay " + number);
  }

  static Enclave open(Path folder) {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(new SoftwareBackendProvider())
        .with(new RecordingAuditSink())
        .with(FakeEnvironment.empty())
        .deferral(new JobsProvider())
        .config(
            new ConfigSource(
                "the test",
                Map.of(
                    "enclave.environment",
                    "local",
                    "enclave.software.directory",
                    folder.resolve("keys").toString(),
                    "enclave.jobs.kek",
                    "jobs-kek",
                    "enclave.jobs.directory",
                    folder.resolve("jobs").toString())))
        .open();
  }

  /** What went wrong in it. */
  static Path errors(Path folder) {
    return folder.resolve("errors.txt");
  }

  static Process start(Path folder) throws java.io.IOException {
    return new ProcessBuilder(JavaCommand.of(Submitter.class, folder.toString()))
        .redirectError(errors(folder).toFile())
        .start();
  }
}
