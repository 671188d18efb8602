package dev.enclave.vault.campaign;

import dev.enclave.campaign.TotalOutageCampaign;

class TotalOutageTest extends TotalOutageCampaign {

  TotalOutageTest() {
    super(new VaultUnderTest());
  }
}
