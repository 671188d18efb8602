package dev.enclave.vault.campaign;

import dev.enclave.campaign.StartCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
class StartTest extends StartCampaign {

  StartTest() {
    super(new VaultUnderTest());
  }
}
