package dev.enclave.vault.campaign;

import dev.enclave.campaign.WireLogsCampaign;
import java.util.Set;
import org.junit.jupiter.api.Tag;

@Tag("full")
final class WireLogsTest extends WireLogsCampaign {

  WireLogsTest() {
    super(new VaultUnderTest());
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
