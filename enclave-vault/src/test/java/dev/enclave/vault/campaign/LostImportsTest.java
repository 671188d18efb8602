package dev.enclave.vault.campaign;

import dev.enclave.campaign.LostImportsCampaign;

class LostImportsTest extends LostImportsCampaign {

  LostImportsTest() {
    super(new VaultUnderTest());
  }
}
