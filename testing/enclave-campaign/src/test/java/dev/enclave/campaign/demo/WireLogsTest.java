package dev.enclave.campaign.demo;

import dev.enclave.campaign.WireLogsCampaign;
import java.util.Set;
import org.junit.jupiter.api.Tag;

@Tag("full")
class WireLogsTest extends WireLogsCampaign {

  WireLogsTest() {
    super(new KeyhouseUnderTest());
  }

  @Override
  protected Set<String> revealing() {
    return Set.of();
  }

  @Override
  protected Set<String> revealingWithoutSlf4j() {
    return Set.of();
  }
}
