package dev.enclave.aws.internal.connect;

import dev.enclave.kit.setup.WireLogs;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What the SDK and Apache's HTTP client below it write at DEBUG. They log by SLF4J alone. */
public final class AwsLogs {

  private static final List<String> LOGGERS =
      List.of(
          // All octets after decryption, and headers once more.
          "org.apache.hc.client5.http.wire",
          "org.apache.hc.client5.http.headers",
          // The request that is signed, with the session token among its headers.
          "software.amazon.awssdk.http.auth.aws.internal.signer.DefaultV4RequestSigner");

  private AwsLogs() {}

  public static WireLogs of(EnvironmentSnapshot snapshot) {
    WireLogs logs = new WireLogs("AWS KMS").jdk(snapshot);
    for (String name : LOGGERS) {
      logs.logger(name, () -> LoggerFactory.getLogger(name).isDebugEnabled());
    }
    return logs;
  }
}
