package dev.enclave.aws.campaign;

import dev.enclave.campaign.WireLogsCampaign;
import java.util.Set;

final class WireLogsTest extends WireLogsCampaign {

  WireLogsTest() {
    super(new AwsUnderTest());
  }

  @Override
  protected Set<String> revealing() {
    return Set.of(
        "org.apache.hc.client5.http.wire",
        "org.apache.hc.client5.http.headers",
        "software.amazon.awssdk.http.auth.aws.internal.signer.DefaultV4RequestSigner");
  }

  @Override
  protected Set<String> revealingWithoutSlf4j() {
    return Set.of();
  }
}
