package dev.enclave.vault.campaign;

import dev.enclave.campaign.RacersCampaign;

class RacersTest extends RacersCampaign {

  RacersTest() {
    super(new VaultUnderTest());
  }
}
