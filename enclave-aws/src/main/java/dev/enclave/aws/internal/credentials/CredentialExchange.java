package dev.enclave.aws.internal.credentials;

import dev.enclave.spi.detection.MetadataAnswer;
import java.net.URI;
import java.util.Map;

/** Asks a credential endpoint: no proxy, no redirects, bounded in time and size. Thread-safe. */
@FunctionalInterface
public interface CredentialExchange {

  /** One GET; whatever goes wrong is {@link MetadataAnswer.Silent}. */
  MetadataAnswer get(URI endpoint, Map<String, String> headers);
}
