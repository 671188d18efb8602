package dev.enclave.campaign.bench;

import dev.enclave.spi.audit.AuditEvent;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** The provider's request ids that an audit record names. */
public final class RequestIds {

  private RequestIds() {}

  public static Stream<String> of(AuditEvent event) {
    Stream<String> earlier =
        Optional.ofNullable(event.details().get("earlierRequestIds")).stream()
            .flatMap(ids -> Arrays.stream(ids.split(" ", -1)));
    return Stream.concat(earlier, event.providerRequestId().stream());
  }
}
