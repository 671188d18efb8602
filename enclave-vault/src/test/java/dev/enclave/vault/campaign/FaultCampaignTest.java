package dev.enclave.vault.campaign;

import dev.enclave.campaign.FaultCampaign;

class FaultCampaignTest extends FaultCampaign {

  FaultCampaignTest() {
    super(new VaultUnderTest());
  }
}
