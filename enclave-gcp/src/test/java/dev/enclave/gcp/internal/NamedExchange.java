package dev.enclave.gcp.internal;

import dev.enclave.campaign.cloud.NamedHosts;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.detection.MetadataAnswer;
import java.net.http.HttpRequest;
import java.time.Duration;

/** The way to servers of ours under the names of real hosts. */
record NamedExchange(NamedHosts network) implements HttpExchange {

  @Override
  public HttpAnswer send(HttpRequest request, Duration within) {
    MetadataAnswer answer = network.send(request, within);
    return answer instanceof MetadataAnswer.Answered answered
        ? HttpAnswer.Answered.of(answered.status(), answered.body())
        : new HttpAnswer.Silent(HttpAnswer.Kind.LATE, ((MetadataAnswer.Silent) answer).reason());
  }
}
