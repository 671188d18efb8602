package dev.enclave.aws.campaign;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.aws.AwsKmsBackendProvider;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.spi.AuditSink;
import dev.enclave.spi.TimeSource;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An AWS KMS with faults on command, and Enclaves that use it. */
final class Kms implements AutoCloseable {

  final FaultInjector faults = new FaultInjector();
  private final AwsKmsServer server = AwsKmsServer.builder().faults(faults).start();

  /** What points a client at the server, as a configuration has it. */
  Map<String, String> settings() {
    return settings(server);
  }

  static Map<String, String> settings(AwsKmsServer server) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("enclave.environment", "development");
    settings.put("enclave.backend", "aws-kms");
    settings.put("enclave.aws-kms.region", "eu-west-1");
    settings.put("enclave.aws-kms.endpoint", server.endpoint().toString());
    settings.put("enclave.aws-kms.sts-endpoint", server.endpoint().toString());
    settings.put("enclave.aws-kms.access-key-id", server.credentials().accessKeyId());
    settings.put("enclave.aws-kms.secret-access-key", server.credentials().secretAccessKey());
    settings.put("enclave.aws-kms.allowed-endpoints", server.endpoint().toString());
    return settings;
  }

  /** An Enclave of its own, with readings, breaker and budget of its own. */
  Enclave open() {
    return open(new SkippingTime(), new RecordingAuditSink());
  }

  Enclave open(TimeSource time, AuditSink audit) {
    return builder(settings()).with(time).with(audit).open();
  }

  /** With the machine's own clock. */
  static EnclaveFactory.Builder builder(Map<String, String> settings) {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(new AwsKmsBackendProvider())
        .config(new ConfigSource("campaign", settings));
  }

  AwsKmsServer server() {
    return server;
  }

  List<JournalEntry> journal() {
    return server.journal().entries();
  }

  @Override
  public void close() {
    server.close();
  }
}
